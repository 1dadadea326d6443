<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.0" styleCategories="AllStyleCategories" labelsEnabled="1">
 <renderer-v2 type="RuleRenderer" forceraster="0" symbollevels="0" enableorderby="0">
  <rules key="rules">
   <rule key="rule0" symbol="0" filter="" label="{{ gis.layer_provinces }}" />
  </rules>
  <symbols>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="0">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="255,255,255,0" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="138,144,155,255" type="QString" />
      <Option name="outline_style" value="dash" type="QString" />
      <Option name="outline_width" value="0.18" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
    </layer>
   </symbol>
  </symbols>
 </renderer-v2>
 <labeling type="simple">
  <settings calloutType="simple">
   <text-style fieldName="name" fontSize="8" fontSizeUnit="Point" textColor="40,44,52,255" textOpacity="1" isExpression="0" fontWeight="50" multilineHeight="1">
    <text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,255" bufferOpacity="0.9" bufferNoFill="1" bufferJoinStyle="128" />
   </text-style>
   <placement placement="1" dist="0" distUnits="MM" priority="5" placementFlags="10" quadOffset="4" layerType="PolygonGeometry" />
   <rendering scaleVisibility="1" scaleMin="100000" scaleMax="4000000" drawLabels="1" maxNumLabels="2000" obstacle="1" obstacleFactor="1" />
  </settings>
 </labeling>
 <mapTip>&lt;p&gt;[% replace(replace(replace(replace(replace(to_string("name"), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;'), '"', '&amp;quot;'), '''', '&amp;#39;') %]&lt;/p&gt;&lt;p&gt;[% replace(replace(replace(replace(replace(to_string("admin"), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;'), '"', '&amp;quot;'), '''', '&amp;#39;') %]&lt;/p&gt;</mapTip>
</qgis>
