<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.0" styleCategories="AllStyleCategories" labelsEnabled="1">
 <renderer-v2 type="RuleRenderer" forceraster="0" symbollevels="0" enableorderby="0">
  <rules key="rules">
   <rule key="rule0" symbol="0" filter="&quot;year&quot; = 2021" label="2021" />
   <rule key="rule1" symbol="1" filter="&quot;year&quot; = 2022" label="2022" />
   <rule key="rule2" symbol="2" filter="&quot;year&quot; = 2023" label="2023" />
   <rule key="rule3" symbol="3" filter="&quot;year&quot; = 2024" label="2024" />
   <rule key="rule4" symbol="4" filter="&quot;year&quot; = 2025" label="2025" />
   <rule key="rule5" symbol="5" filter="&quot;year&quot; = 2026" label="2026" />
   <rule key="rule6" symbol="6" filter="&quot;year&quot; &lt;= 2020" label="{{ gis.until_cutoff }}" />
  </rules>
  <symbols>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="0">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="247,168,200,217" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="247,168,200,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.30" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
     <data_defined_properties>
      <Option type="Map">
       <Option name="name" value="" type="QString" />
       <Option name="properties" type="Map">
        <Option name="fillColor" type="Map">
         <Option name="active" value="true" type="bool" />
         <Option name="expression" value="color_rgba(247,168,200,if(@map_scale &lt; 12000, 25, 217))" type="QString" />
         <Option name="type" value="3" type="int" />
        </Option>
       </Option>
       <Option name="type" value="collection" type="QString" />
      </Option>
     </data_defined_properties>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="1">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="236,111,174,217" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="236,111,174,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.30" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
     <data_defined_properties>
      <Option type="Map">
       <Option name="name" value="" type="QString" />
       <Option name="properties" type="Map">
        <Option name="fillColor" type="Map">
         <Option name="active" value="true" type="bool" />
         <Option name="expression" value="color_rgba(236,111,174,if(@map_scale &lt; 12000, 25, 217))" type="QString" />
         <Option name="type" value="3" type="int" />
        </Option>
       </Option>
       <Option name="type" value="collection" type="QString" />
      </Option>
     </data_defined_properties>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="2">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="214,58,146,217" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="214,58,146,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.30" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
     <data_defined_properties>
      <Option type="Map">
       <Option name="name" value="" type="QString" />
       <Option name="properties" type="Map">
        <Option name="fillColor" type="Map">
         <Option name="active" value="true" type="bool" />
         <Option name="expression" value="color_rgba(214,58,146,if(@map_scale &lt; 12000, 25, 217))" type="QString" />
         <Option name="type" value="3" type="int" />
        </Option>
       </Option>
       <Option name="type" value="collection" type="QString" />
      </Option>
     </data_defined_properties>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="3">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="171,21,128,217" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="171,21,128,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.30" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
     <data_defined_properties>
      <Option type="Map">
       <Option name="name" value="" type="QString" />
       <Option name="properties" type="Map">
        <Option name="fillColor" type="Map">
         <Option name="active" value="true" type="bool" />
         <Option name="expression" value="color_rgba(171,21,128,if(@map_scale &lt; 12000, 25, 217))" type="QString" />
         <Option name="type" value="3" type="int" />
        </Option>
       </Option>
       <Option name="type" value="collection" type="QString" />
      </Option>
     </data_defined_properties>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="4">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="125,10,114,217" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="125,10,114,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.30" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
     <data_defined_properties>
      <Option type="Map">
       <Option name="name" value="" type="QString" />
       <Option name="properties" type="Map">
        <Option name="fillColor" type="Map">
         <Option name="active" value="true" type="bool" />
         <Option name="expression" value="color_rgba(125,10,114,if(@map_scale &lt; 12000, 25, 217))" type="QString" />
         <Option name="type" value="3" type="int" />
        </Option>
       </Option>
       <Option name="type" value="collection" type="QString" />
      </Option>
     </data_defined_properties>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="5">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="75,4,96,217" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="75,4,96,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.30" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
     <data_defined_properties>
      <Option type="Map">
       <Option name="name" value="" type="QString" />
       <Option name="properties" type="Map">
        <Option name="fillColor" type="Map">
         <Option name="active" value="true" type="bool" />
         <Option name="expression" value="color_rgba(75,4,96,if(@map_scale &lt; 12000, 25, 217))" type="QString" />
         <Option name="type" value="3" type="int" />
        </Option>
       </Option>
       <Option name="type" value="collection" type="QString" />
      </Option>
     </data_defined_properties>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="6">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="216,195,154,217" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="216,195,154,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.30" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
     <data_defined_properties>
      <Option type="Map">
       <Option name="name" value="" type="QString" />
       <Option name="properties" type="Map">
        <Option name="fillColor" type="Map">
         <Option name="active" value="true" type="bool" />
         <Option name="expression" value="color_rgba(216,195,154,if(@map_scale &lt; 12000, 25, 217))" type="QString" />
         <Option name="type" value="3" type="int" />
        </Option>
       </Option>
       <Option name="type" value="collection" type="QString" />
      </Option>
     </data_defined_properties>
    </layer>
   </symbol>
  </symbols>
 </renderer-v2>
 <mapTip>&lt;p&gt;&lt;b&gt;[% replace(replace(replace(replace(replace(to_string("year"), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;'), '"', '&amp;quot;'), '''', '&amp;#39;') %]&lt;/b&gt; [% replace(replace(replace(replace(replace(to_string("column"), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;'), '"', '&amp;quot;'), '''', '&amp;#39;') %]&lt;/p&gt;&lt;p&gt;[% round("area_ha", 3) %] ha&lt;/p&gt;&lt;p&gt;[% replace(replace(replace(replace(replace(to_string("plots"), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;'), '"', '&amp;quot;'), '''', '&amp;#39;') %]&lt;/p&gt;</mapTip>
</qgis>
