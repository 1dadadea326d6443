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
  </rules>
  <symbols>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="0">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="247,168,200,255" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="75,4,96,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.40" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="1">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="236,111,174,255" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="75,4,96,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.40" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="2">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="214,58,146,255" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="75,4,96,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.40" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="3">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="171,21,128,255" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="75,4,96,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.40" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="4">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="125,10,114,255" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="75,4,96,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.40" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="5">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="75,4,96,255" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="75,4,96,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.40" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
    </layer>
   </symbol>
  </symbols>
 </renderer-v2>
 <mapTip>&lt;p&gt;&lt;b&gt;[% replace(replace(replace(replace(replace(to_string("plot"), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;'), '"', '&amp;quot;'), '''', '&amp;#39;') %]&lt;/b&gt;&lt;/p&gt;&lt;p&gt;[% replace(replace(replace(replace(replace(to_string("year"), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;'), '"', '&amp;quot;'), '''', '&amp;#39;') %] [% replace(replace(replace(replace(replace(to_string("column"), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;'), '"', '&amp;quot;'), '''', '&amp;#39;') %] ([% replace(replace(replace(replace(replace(to_string("method"), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;'), '"', '&amp;quot;'), '''', '&amp;#39;') %])&lt;/p&gt;&lt;p&gt;[% round("area_ha", 3) %] ha&lt;/p&gt;</mapTip>
</qgis>
