<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.0" styleCategories="AllStyleCategories" labelsEnabled="1">
 <renderer-v2 type="categorizedSymbol" attr="part" forceraster="0" symbollevels="0" enableorderby="0">
  <categories>
   <category render="true" symbol="0" value="cleared" label="{{ uses.cleared }}" />
   <category render="true" symbol="1" value="disputed" label="{{ uses.disputed }}" />
   <category render="true" symbol="2" value="unknown" label="{{ uses.unknown }}" />
   <category render="true" symbol="3" value="forest" label="{{ uses.forest }}" />
   <category render="true" symbol="4" value="other" label="{{ uses.part_other }}" />
  </categories>
  <symbols>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="0">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="214,58,146,166" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="34,38,46,255" type="QString" />
      <Option name="outline_style" value="dash" type="QString" />
      <Option name="outline_width" value="0.35" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="1">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="247,168,200,166" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="34,38,46,255" type="QString" />
      <Option name="outline_style" value="dash" type="QString" />
      <Option name="outline_width" value="0.35" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="2">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="201,204,210,166" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="34,38,46,255" type="QString" />
      <Option name="outline_style" value="dash" type="QString" />
      <Option name="outline_width" value="0.35" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="3">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="134,176,141,166" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="34,38,46,255" type="QString" />
      <Option name="outline_style" value="dash" type="QString" />
      <Option name="outline_width" value="0.35" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="4">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="244,240,230,166" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="34,38,46,255" type="QString" />
      <Option name="outline_style" value="dash" type="QString" />
      <Option name="outline_width" value="0.35" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
    </layer>
   </symbol>
  </symbols>
 </renderer-v2>
 <labeling type="simple">
  <settings calloutType="simple">
   <text-style fieldName="&quot;number&quot; || ': ' || if(&quot;area_ha&quot; &lt; 0.005, '&lt; ' || format_number(0.01, 2), format_number(&quot;area_ha&quot;, 2)) || ' ha'" fontSize="8" fontSizeUnit="Point" textColor="40,44,52,255" textOpacity="1" isExpression="1" fontWeight="50" multilineHeight="1">
    <text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,255" bufferOpacity="0.9" bufferNoFill="1" bufferJoinStyle="128" />
   </text-style>
   <placement placement="1" centroidInside="1" dist="0" distUnits="MM" priority="5" placementFlags="10" quadOffset="4" layerType="PolygonGeometry" />
   <rendering scaleVisibility="1" scaleMin="1" scaleMax="15000" drawLabels="1" maxNumLabels="2000" obstacle="1" obstacleFactor="1" />
  </settings>
 </labeling>
 <mapTip>&lt;p&gt;&lt;b&gt;{{ gis.layer_splits }}&lt;/b&gt;&lt;/p&gt;&lt;p&gt;[% replace(replace(replace(replace(replace(to_string("plot"), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;'), '"', '&amp;quot;'), '''', '&amp;#39;') %]&lt;/p&gt;&lt;p&gt;[% CASE WHEN "part"='cleared' THEN '{{ uses.cleared | quoted }}' WHEN "part"='disputed' THEN '{{ uses.disputed | quoted }}' WHEN "part"='unknown' THEN '{{ uses.unknown | quoted }}' WHEN "part"='forest' THEN '{{ uses.forest | quoted }}' WHEN "part"='other' THEN '{{ uses.part_other | quoted }}' END %]&lt;/p&gt;&lt;p&gt;{{ gis.field_area_ha }}: [% round("area_ha", 3) %]&lt;/p&gt;&lt;p&gt;{{ gis.field_cleared_ha }}: [% round("cleared_ha", 3) %]&lt;/p&gt;&lt;p&gt;{{ gis.field_disputed_ha }}: [% round("disputed_ha", 3) %]&lt;/p&gt;&lt;p&gt;{{ gis.field_unknown_ha }}: [% round("unknown_ha", 3) %]&lt;/p&gt;&lt;p&gt;{{ gis.field_forest_ha }}: [% round("forest_ha", 3) %]&lt;/p&gt;&lt;p&gt;{{ gis.field_crop_ha }}: [% round("crop_ha", 3) %]&lt;/p&gt;&lt;p&gt;{{ gis.field_other_ha }}: [% round("other_ha", 3) %]&lt;/p&gt;&lt;p&gt;{{ gis.tip_splits }}&lt;/p&gt;</mapTip>
</qgis>
