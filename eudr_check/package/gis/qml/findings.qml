<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.0" styleCategories="AllStyleCategories" labelsEnabled="1">
 <renderer-v2 type="categorizedSymbol" attr="severity" forceraster="0" symbollevels="0" enableorderby="0">
  <categories>
   <category render="true" symbol="0" value="block" label="{{ gis.severity_block }}" />
   <category render="true" symbol="1" value="warn" label="{{ gis.severity_warn }}" />
   <category render="true" symbol="2" value="info" label="{{ gis.severity_info }}" />
  </categories>
  <symbols>
   <symbol type="marker" alpha="1" clip_to_extent="1" force_rhr="0" name="0">
    <layer class="SimpleMarker" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="name" value="triangle" type="QString" />
      <Option name="color" value="179,50,27,0" type="QString" />
      <Option name="outline_color" value="140,34,17,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.5" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="size" value="3.0" type="QString" />
      <Option name="size_unit" value="MM" type="QString" />
     </Option>
    </layer>
   </symbol>
   <symbol type="marker" alpha="1" clip_to_extent="1" force_rhr="0" name="1">
    <layer class="SimpleMarker" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="name" value="diamond" type="QString" />
      <Option name="color" value="242,177,52,0" type="QString" />
      <Option name="outline_color" value="122,82,0,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.5" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="size" value="3.0" type="QString" />
      <Option name="size_unit" value="MM" type="QString" />
     </Option>
    </layer>
   </symbol>
   <symbol type="marker" alpha="1" clip_to_extent="1" force_rhr="0" name="2">
    <layer class="SimpleMarker" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="name" value="circle" type="QString" />
      <Option name="color" value="156,199,236,0" type="QString" />
      <Option name="outline_color" value="31,84,132,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.5" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="size" value="3.0" type="QString" />
      <Option name="size_unit" value="MM" type="QString" />
     </Option>
    </layer>
   </symbol>
  </symbols>
 </renderer-v2>
 <mapTip>&lt;p&gt;&lt;b&gt;[% replace(replace(replace(replace(replace(to_string("code"), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;'), '"', '&amp;quot;'), '''', '&amp;#39;') %]&lt;/b&gt; [% replace(replace(replace(replace(replace(to_string("plot"), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;'), '"', '&amp;quot;'), '''', '&amp;#39;') %]&lt;/p&gt;&lt;p&gt;[% replace(replace(replace(replace(replace(to_string("message"), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;'), '"', '&amp;quot;'), '''', '&amp;#39;') %]&lt;/p&gt;</mapTip>
</qgis>
