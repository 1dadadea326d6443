<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.0" styleCategories="AllStyleCategories" labelsEnabled="1">
 <renderer-v2 type="categorizedSymbol" attr="final_outcome" forceraster="0" symbollevels="0" enableorderby="1">
  <categories>
   <category render="true" symbol="0" value="high" label="{{ report.outcome_high }}" />
   <category render="true" symbol="1" value="more_info_needed" label="{{ report.outcome_more_info_needed }}" />
   <category render="true" symbol="2" value="undetermined" label="{{ report.outcome_undetermined }}" />
   <category render="true" symbol="3" value="low" label="{{ report.outcome_low }}" />
   <category render="true" symbol="4" value="cleared_by_review" label="{{ report.outcome_cleared_by_review }}" />
  </categories>
  <symbols>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="0">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="179,50,27,140" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="140,34,17,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.56" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
     <data_defined_properties>
      <Option type="Map">
       <Option name="name" value="" type="QString" />
       <Option name="properties" type="Map">
        <Option name="fillColor" type="Map">
         <Option name="active" value="true" type="bool" />
         <Option name="expression" value="color_rgba(179,50,27,if(@map_scale &lt; 12000, 45, 140))" type="QString" />
         <Option name="type" value="3" type="int" />
        </Option>
       </Option>
       <Option name="type" value="collection" type="QString" />
      </Option>
     </data_defined_properties>
    </layer>
    <layer class="CentroidFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="point_on_surface" value="1" type="QString" />
      <Option name="point_on_all_parts" value="0" type="QString" />
      <Option name="clip_on_current_part_only" value="0" type="QString" />
     </Option>
     <symbol type="marker" alpha="1" clip_to_extent="1" force_rhr="0" name="@0@1">
      <layer class="SimpleMarker" pass="0" locked="0" enabled="1">
       <Option type="Map">
        <Option name="name" value="triangle" type="QString" />
        <Option name="color" value="179,50,27,255" type="QString" />
        <Option name="outline_color" value="255,255,255,255" type="QString" />
        <Option name="outline_style" value="solid" type="QString" />
        <Option name="outline_width" value="0.15" type="QString" />
        <Option name="outline_width_unit" value="MM" type="QString" />
        <Option name="size" value="1.5" type="QString" />
        <Option name="size_unit" value="MM" type="QString" />
       </Option>
       <data_defined_properties>
        <Option type="Map">
         <Option name="name" value="" type="QString" />
         <Option name="properties" type="Map">
          <Option name="enabled" type="Map">
           <Option name="active" value="true" type="bool" />
           <Option name="expression" value="@map_scale &gt; 30000" type="QString" />
           <Option name="type" value="3" type="int" />
          </Option>
         </Option>
         <Option name="type" value="collection" type="QString" />
        </Option>
       </data_defined_properties>
      </layer>
     </symbol>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="1">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="242,177,52,140" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="122,82,0,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.44" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
     <data_defined_properties>
      <Option type="Map">
       <Option name="name" value="" type="QString" />
       <Option name="properties" type="Map">
        <Option name="fillColor" type="Map">
         <Option name="active" value="true" type="bool" />
         <Option name="expression" value="color_rgba(242,177,52,if(@map_scale &lt; 12000, 45, 140))" type="QString" />
         <Option name="type" value="3" type="int" />
        </Option>
       </Option>
       <Option name="type" value="collection" type="QString" />
      </Option>
     </data_defined_properties>
    </layer>
    <layer class="CentroidFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="point_on_surface" value="1" type="QString" />
      <Option name="point_on_all_parts" value="0" type="QString" />
      <Option name="clip_on_current_part_only" value="0" type="QString" />
     </Option>
     <symbol type="marker" alpha="1" clip_to_extent="1" force_rhr="0" name="@0@1">
      <layer class="SimpleMarker" pass="0" locked="0" enabled="1">
       <Option type="Map">
        <Option name="name" value="diamond" type="QString" />
        <Option name="color" value="242,177,52,255" type="QString" />
        <Option name="outline_color" value="255,255,255,255" type="QString" />
        <Option name="outline_style" value="solid" type="QString" />
        <Option name="outline_width" value="0.15" type="QString" />
        <Option name="outline_width_unit" value="MM" type="QString" />
        <Option name="size" value="1.5" type="QString" />
        <Option name="size_unit" value="MM" type="QString" />
       </Option>
       <data_defined_properties>
        <Option type="Map">
         <Option name="name" value="" type="QString" />
         <Option name="properties" type="Map">
          <Option name="enabled" type="Map">
           <Option name="active" value="true" type="bool" />
           <Option name="expression" value="@map_scale &gt; 30000" type="QString" />
           <Option name="type" value="3" type="int" />
          </Option>
         </Option>
         <Option name="type" value="collection" type="QString" />
        </Option>
       </data_defined_properties>
      </layer>
     </symbol>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="2">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="180,183,192,140" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="79,85,96,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.32" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
     <data_defined_properties>
      <Option type="Map">
       <Option name="name" value="" type="QString" />
       <Option name="properties" type="Map">
        <Option name="fillColor" type="Map">
         <Option name="active" value="true" type="bool" />
         <Option name="expression" value="color_rgba(180,183,192,if(@map_scale &lt; 12000, 45, 140))" type="QString" />
         <Option name="type" value="3" type="int" />
        </Option>
       </Option>
       <Option name="type" value="collection" type="QString" />
      </Option>
     </data_defined_properties>
    </layer>
    <layer class="CentroidFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="point_on_surface" value="1" type="QString" />
      <Option name="point_on_all_parts" value="0" type="QString" />
      <Option name="clip_on_current_part_only" value="0" type="QString" />
     </Option>
     <symbol type="marker" alpha="1" clip_to_extent="1" force_rhr="0" name="@0@1">
      <layer class="SimpleMarker" pass="0" locked="0" enabled="1">
       <Option type="Map">
        <Option name="name" value="square" type="QString" />
        <Option name="color" value="180,183,192,255" type="QString" />
        <Option name="outline_color" value="255,255,255,255" type="QString" />
        <Option name="outline_style" value="solid" type="QString" />
        <Option name="outline_width" value="0.15" type="QString" />
        <Option name="outline_width_unit" value="MM" type="QString" />
        <Option name="size" value="1.5" type="QString" />
        <Option name="size_unit" value="MM" type="QString" />
       </Option>
       <data_defined_properties>
        <Option type="Map">
         <Option name="name" value="" type="QString" />
         <Option name="properties" type="Map">
          <Option name="enabled" type="Map">
           <Option name="active" value="true" type="bool" />
           <Option name="expression" value="@map_scale &gt; 30000" type="QString" />
           <Option name="type" value="3" type="int" />
          </Option>
         </Option>
         <Option name="type" value="collection" type="QString" />
        </Option>
       </data_defined_properties>
      </layer>
     </symbol>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="3">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="27,134,140,140" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="13,95,102,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.20" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
     <data_defined_properties>
      <Option type="Map">
       <Option name="name" value="" type="QString" />
       <Option name="properties" type="Map">
        <Option name="fillColor" type="Map">
         <Option name="active" value="true" type="bool" />
         <Option name="expression" value="color_rgba(27,134,140,if(@map_scale &lt; 12000, 45, 140))" type="QString" />
         <Option name="type" value="3" type="int" />
        </Option>
       </Option>
       <Option name="type" value="collection" type="QString" />
      </Option>
     </data_defined_properties>
    </layer>
    <layer class="CentroidFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="point_on_surface" value="1" type="QString" />
      <Option name="point_on_all_parts" value="0" type="QString" />
      <Option name="clip_on_current_part_only" value="0" type="QString" />
     </Option>
     <symbol type="marker" alpha="1" clip_to_extent="1" force_rhr="0" name="@0@1">
      <layer class="SimpleMarker" pass="0" locked="0" enabled="1">
       <Option type="Map">
        <Option name="name" value="circle" type="QString" />
        <Option name="color" value="27,134,140,255" type="QString" />
        <Option name="outline_color" value="255,255,255,255" type="QString" />
        <Option name="outline_style" value="solid" type="QString" />
        <Option name="outline_width" value="0.15" type="QString" />
        <Option name="outline_width_unit" value="MM" type="QString" />
        <Option name="size" value="1.5" type="QString" />
        <Option name="size_unit" value="MM" type="QString" />
       </Option>
       <data_defined_properties>
        <Option type="Map">
         <Option name="name" value="" type="QString" />
         <Option name="properties" type="Map">
          <Option name="enabled" type="Map">
           <Option name="active" value="true" type="bool" />
           <Option name="expression" value="@map_scale &gt; 30000" type="QString" />
           <Option name="type" value="3" type="int" />
          </Option>
         </Option>
         <Option name="type" value="collection" type="QString" />
        </Option>
       </data_defined_properties>
      </layer>
     </symbol>
    </layer>
   </symbol>
   <symbol type="fill" alpha="1" clip_to_extent="1" force_rhr="0" name="4">
    <layer class="SimpleFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="color" value="156,199,236,140" type="QString" />
      <Option name="style" value="solid" type="QString" />
      <Option name="outline_color" value="31,84,132,255" type="QString" />
      <Option name="outline_style" value="solid" type="QString" />
      <Option name="outline_width" value="0.20" type="QString" />
      <Option name="outline_width_unit" value="MM" type="QString" />
      <Option name="joinstyle" value="bevel" type="QString" />
     </Option>
     <data_defined_properties>
      <Option type="Map">
       <Option name="name" value="" type="QString" />
       <Option name="properties" type="Map">
        <Option name="fillColor" type="Map">
         <Option name="active" value="true" type="bool" />
         <Option name="expression" value="color_rgba(156,199,236,if(@map_scale &lt; 12000, 45, 140))" type="QString" />
         <Option name="type" value="3" type="int" />
        </Option>
       </Option>
       <Option name="type" value="collection" type="QString" />
      </Option>
     </data_defined_properties>
    </layer>
    <layer class="CentroidFill" pass="0" locked="0" enabled="1">
     <Option type="Map">
      <Option name="point_on_surface" value="1" type="QString" />
      <Option name="point_on_all_parts" value="0" type="QString" />
      <Option name="clip_on_current_part_only" value="0" type="QString" />
     </Option>
     <symbol type="marker" alpha="1" clip_to_extent="1" force_rhr="0" name="@0@1">
      <layer class="SimpleMarker" pass="0" locked="0" enabled="1">
       <Option type="Map">
        <Option name="name" value="circle" type="QString" />
        <Option name="color" value="156,199,236,255" type="QString" />
        <Option name="outline_color" value="255,255,255,255" type="QString" />
        <Option name="outline_style" value="solid" type="QString" />
        <Option name="outline_width" value="0.15" type="QString" />
        <Option name="outline_width_unit" value="MM" type="QString" />
        <Option name="size" value="1.5" type="QString" />
        <Option name="size_unit" value="MM" type="QString" />
       </Option>
       <data_defined_properties>
        <Option type="Map">
         <Option name="name" value="" type="QString" />
         <Option name="properties" type="Map">
          <Option name="enabled" type="Map">
           <Option name="active" value="true" type="bool" />
           <Option name="expression" value="@map_scale &gt; 30000" type="QString" />
           <Option name="type" value="3" type="int" />
          </Option>
         </Option>
         <Option name="type" value="collection" type="QString" />
        </Option>
       </data_defined_properties>
      </layer>
     </symbol>
    </layer>
   </symbol>
  </symbols>
  <orderby>
   <orderByClause asc="1" nullsFirst="1">CASE WHEN "final_outcome"='low' THEN 0 WHEN "final_outcome"='undetermined' THEN 1 WHEN "final_outcome"='more_info_needed' THEN 2 WHEN "final_outcome"='high' THEN 3 WHEN "final_outcome"='cleared_by_review' THEN 0 ELSE 0 END</orderByClause>
  </orderby>
 </renderer-v2>
 <labeling type="simple">
  <settings calloutType="simple">
   <text-style fieldName="plot_id" fontSize="8" fontSizeUnit="Point" textColor="40,44,52,255" textOpacity="1" isExpression="0" fontWeight="50" multilineHeight="1">
    <text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,255" bufferOpacity="0.9" bufferNoFill="1" bufferJoinStyle="128" />
   </text-style>
   <placement placement="1" dist="0" distUnits="MM" priority="5" placementFlags="10" quadOffset="4" layerType="PolygonGeometry" />
   <rendering scaleVisibility="1" scaleMin="1" scaleMax="15000" drawLabels="1" maxNumLabels="2000" obstacle="1" obstacleFactor="1" />
  </settings>
 </labeling>
 <mapTip>&lt;p&gt;&lt;b&gt;[% replace(replace(replace(replace(replace(to_string("plot_id"), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;'), '"', '&amp;quot;'), '''', '&amp;#39;') %]&lt;/b&gt; · [% replace(replace(replace(replace(replace(to_string("cooperative"), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;'), '"', '&amp;quot;'), '''', '&amp;#39;') %]&lt;/p&gt;&lt;p&gt;[% CASE WHEN "final_outcome"='high' THEN '{{ report.outcome_high | quoted }}' WHEN "final_outcome"='more_info_needed' THEN '{{ report.outcome_more_info_needed | quoted }}' WHEN "final_outcome"='undetermined' THEN '{{ report.outcome_undetermined | quoted }}' WHEN "final_outcome"='low' THEN '{{ report.outcome_low | quoted }}' WHEN "final_outcome"='cleared_by_review' THEN '{{ report.outcome_cleared_by_review | quoted }}' END %]&lt;/p&gt;&lt;p&gt;{{ gis.field_area_ha }}: [% round("area_ha", 3) %]&lt;/p&gt;&lt;p&gt;{{ gis.field_forest_2020_ha }}: [% round("forest_2020_ha", 3) %]&lt;/p&gt;&lt;p&gt;{{ gis.field_deforestation_ha }}: [% round("deforestation_ha", 3) %]&lt;/p&gt;&lt;p&gt;{{ gis.field_unknown_ha }}: [% round("unknown_ha", 3) %]&lt;/p&gt;&lt;p&gt;{{ gis.tip_findings }}&lt;/p&gt;</mapTip>
</qgis>
