<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.0" styleCategories="AllStyleCategories" labelsEnabled="1">
 <renderer-v2 type="categorizedSymbol" attr="decision" forceraster="0" symbollevels="0" enableorderby="0">
  <categories>
   <category render="true" symbol="0" value="" label="{{ plan.to_decide }}" />
   <category render="true" symbol="1" value="clear" label="{{ reviews.decision_clear }}" />
   <category render="true" symbol="2" value="confirm" label="{{ reviews.decision_confirm }}" />
  </categories>
  <symbols>
   <symbol type="marker" alpha="1" clip_to_extent="1" force_rhr="0" name="0">
    <layer class="SimpleMarker" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="name" value="diamond" type="QString" />
      <Option name="color" value="242,177,52,255" type="QString" />
      <Option name="outline_color" value="255,255,255,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.15" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="size" value="3.4" type="QString" />
      <Option name="size_unit" value="MM" type="QString" />
     </Option>
    </layer>
   </symbol>
   <symbol type="marker" alpha="1" clip_to_extent="1" force_rhr="0" name="1">
    <layer class="SimpleMarker" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="name" value="circle" type="QString" />
      <Option name="color" value="156,199,236,255" type="QString" />
      <Option name="outline_color" value="255,255,255,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.15" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="size" value="3.4" type="QString" />
      <Option name="size_unit" value="MM" type="QString" />
     </Option>
    </layer>
   </symbol>
   <symbol type="marker" alpha="1" clip_to_extent="1" force_rhr="0" name="2">
    <layer class="SimpleMarker" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="name" value="triangle" type="QString" />
      <Option name="color" value="179,50,27,255" type="QString" />
      <Option name="outline_color" value="255,255,255,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.15" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="size" value="3.4" type="QString" />
      <Option name="size_unit" value="MM" type="QString" />
     </Option>
    </layer>
   </symbol>
  </symbols>
 </renderer-v2>
 <labeling type="simple">
  <settings calloutType="simple">
   <text-style fieldName="plot_id" fontSize="8" fontSizeUnit="Point" textColor="40,44,52,255" textOpacity="1" isExpression="0" fontWeight="50" multilineHeight="1">
    <text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,255" bufferOpacity="0.9" bufferNoFill="1" bufferJoinStyle="128" />
   </text-style>
   <placement placement="0" dist="2" distUnits="MM" priority="5" placementFlags="10" quadOffset="4" layerType="PointGeometry" />
   <rendering scaleVisibility="1" scaleMin="1" scaleMax="15000" drawLabels="1" maxNumLabels="2000" obstacle="1" obstacleFactor="1" />
  </settings>
 </labeling>
</qgis>
