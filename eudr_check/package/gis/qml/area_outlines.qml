<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.0" styleCategories="AllStyleCategories" labelsEnabled="1">
 <renderer-v2 type="categorizedSymbol" attr="topic" forceraster="0" symbollevels="0" enableorderby="0">
  <categories>
   <category render="true" symbol="0" value="protected" label="{{ gis.area_topic_protected }}" />
   <category render="true" symbol="1" value="indigenous" label="{{ gis.area_topic_indigenous }}" />
   <category render="true" symbol="2" value="zoning" label="{{ gis.area_topic_zoning }}" />
   <category render="true" symbol="3" value="tenure" label="{{ gis.area_topic_tenure }}" />
  </categories>
  <symbols>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="0">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="47,93,80,115" type="QString" />
      <Option name="style" value="f_diagonal" type="QString" />
      <Option name="outline_color" value="47,93,80,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.50" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="1">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="138,75,31,115" type="QString" />
      <Option name="style" value="b_diagonal" type="QString" />
      <Option name="outline_color" value="138,75,31,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.50" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="2">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="74,79,134,115" type="QString" />
      <Option name="style" value="vertical" type="QString" />
      <Option name="outline_color" value="74,79,134,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.50" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="3">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="107,107,30,115" type="QString" />
      <Option name="style" value="horizontal" type="QString" />
      <Option name="outline_color" value="107,107,30,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.50" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
    </layer>
   </symbol>
  </symbols>
 </renderer-v2>
 <labeling type="simple">
  <settings calloutType="simple">
   <text-style fieldName="feature" fontSize="8" fontSizeUnit="Point" textColor="40,44,52,255" textOpacity="1" isExpression="0" fontWeight="50" multilineHeight="1">
    <text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,255" bufferOpacity="0.9" bufferNoFill="1" bufferJoinStyle="128" />
   </text-style>
   <placement placement="1" dist="0" distUnits="MM" priority="5" placementFlags="10" quadOffset="4" layerType="PolygonGeometry" />
   <rendering scaleVisibility="1" scaleMin="1" scaleMax="1000000" drawLabels="1" maxNumLabels="2000" obstacle="1" obstacleFactor="1" />
  </settings>
 </labeling>
 <mapTip>&lt;p&gt;&lt;b&gt;[% replace(replace(replace(replace(replace(to_string("feature"), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;'), '"', '&amp;quot;'), '''', '&amp;#39;') %]&lt;/b&gt;&lt;/p&gt;&lt;p&gt;[% replace(replace(replace(replace(replace(to_string("area"), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;'), '"', '&amp;quot;'), '''', '&amp;#39;') %]&lt;/p&gt;</mapTip>
</qgis>
