<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.0" styleCategories="AllStyleCategories" labelsEnabled="1">
 <renderer-v2 type="categorizedSymbol" attr="status" forceraster="0" symbollevels="0" enableorderby="0">
  <categories>
   <category render="true" symbol="0" value="read" label="{{ gis.tile_complete }}" />
   <category render="true" symbol="1" value="missing" label="{{ gis.tile_missing }}" />
   <category render="true" symbol="2" value="failed" label="{{ gis.tile_failed }}" />
  </categories>
  <symbols>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="0">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="255,255,255,255" type="QString" />
      <Option name="style" value="no" type="QString" />
      <Option name="outline_color" value="201,204,210,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.20" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="1">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="201,204,210,255" type="QString" />
      <Option name="style" value="b_diagonal" type="QString" />
      <Option name="outline_color" value="201,204,210,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.20" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="2">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="179,50,27,255" type="QString" />
      <Option name="style" value="b_diagonal" type="QString" />
      <Option name="outline_color" value="201,204,210,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.20" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
    </layer>
   </symbol>
  </symbols>
 </renderer-v2>
 <mapTip>&lt;p&gt;&lt;b&gt;[% replace(replace(replace(replace(replace(to_string("tile"), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;'), '"', '&amp;quot;'), '''', '&amp;#39;') %]&lt;/b&gt;&lt;/p&gt;&lt;p&gt;[% replace(replace(replace(replace(replace(to_string("layers_missing"), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;'), '"', '&amp;quot;'), '''', '&amp;#39;') %] [% replace(replace(replace(replace(replace(to_string("layers_failed"), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;'), '"', '&amp;quot;'), '''', '&amp;#39;') %]&lt;/p&gt;</mapTip>
</qgis>
