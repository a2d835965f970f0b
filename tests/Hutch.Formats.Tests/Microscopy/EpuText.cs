using System.Globalization;

namespace Hutch.Formats.Tests.Microscopy;

/// <summary>Files of EPU, as short as they can be: the elements are those of files of EPU 3.7 and 3.9.</summary>
internal static class EpuText
{
    private const string Schema = "http://schemas.datacontract.org/2004/07/";
    private const string Arrays = "http://schemas.microsoft.com/2003/10/Serialization/Arrays";

    public static string Image(
        string dose = "1.4410836806690226E+21", string pixel = "1.0558814239614023E-10", string time = "2025-01-08T15:49:18.1158288+00:00",
        string defocus = "-2.7E-06", string tilt = "-0.00043148193122001131", double x = -9.7152028E-05, double y = -0.000152721848) =>
        $"""
        <MicroscopeImage xmlns="{Schema}Fei.SharedObjects" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
          <CustomData xmlns:a="{Arrays}">
            <a:KeyValueOfstringanyType><a:Key>Dose</a:Key><a:Value>{dose}</a:Value></a:KeyValueOfstringanyType>
            <a:KeyValueOfstringanyType><a:Key>DetectorCommercialName</a:Key><a:Value>BioQuantum K3</a:Value></a:KeyValueOfstringanyType>
            <a:KeyValueOfstringanyType><a:Key>AppliedDefocus</a:Key><a:Value>{defocus}</a:Value></a:KeyValueOfstringanyType>
          </CustomData>
          <SpatialScale><pixelSize>
            <x><numericValue>{pixel}</numericValue></x><y><numericValue>{pixel}</numericValue></y>
          </pixelSize></SpatialScale>
          <microscopeData>
            <acquisition>
              <acquisitionDateTime>{time}</acquisitionDateTime>
              <camera>
                <CameraSpecificInput xmlns:a="{Arrays}"><a:KeyValueOfstringanyType><a:Key>FractionationSettings</a:Key>
                  <a:Value><b:NumberOffractions xmlns:b="{Schema}Fei">50</b:NumberOffractions></a:Value></a:KeyValueOfstringanyType>
                </CameraSpecificInput>
                <ExposureTime>0.89</ExposureTime><Name>EF-CCD</Name>
                <ReadoutArea xmlns:a="{Schema}System.Drawing"><a:height>2046</a:height><a:width>2880</a:width></ReadoutArea>
              </camera>
              <plateCamera><ExposureTime>0</ExposureTime></plateCamera>
            </acquisition>
            <core><ApplicationSoftware>EPU</ApplicationSoftware><ApplicationSoftwareVersion>3.9.1</ApplicationSoftwareVersion></core>
            <gun><AccelerationVoltage>300000</AccelerationVoltage></gun>
            <optics><Defocus>4.8E-07</Defocus>
              <TemMagnification><NominalMagnification>165000</NominalMagnification></TemMagnification></optics>
            <stage><Position><A>{tilt}</A><B>0.0168</B><X>{Text(x)}</X><Y>{Text(y)}</Y><Z>8.5E-05</Z></Position></stage>
          </microscopeData>
        </MicroscopeImage>
        """;

    public static string Session(string atlas, string format = "Tiff Lzw Non-Gain normalized", long square = 7) =>
        $"""
        <EpuSessionXml xmlns="{Schema}Applications.Epu.Persistence">
          <DoseFractionsOutputFormat>{format}</DoseFractionsOutputFormat>
          <Name>Supervisor_20250108</Name>
          <Samples><_items><SampleXml><Id>4600930</Id><AtlasId>{atlas}</AtlasId><Name>not this</Name>
            <GridSquares><m_serializationArray><KeyValuePairOfint><key>{square}</key><value><FileName>Metadata\GridSquare_{square}.dm</FileName>
            </value></KeyValuePairOfint></m_serializationArray></GridSquares></SampleXml></_items></Samples>
          <StartDateTime>2025-01-08T15:10:39.4807272Z</StartDateTime>
        </EpuSessionXml>
        """;

    public static string Square(long id, params string[] holes) =>
        $"""
        <GridSquareXml xmlns="{Schema}Applications.Epu.Persistence">
          <Id>{id}</Id><AtlasNodeId>{id}</AtlasNodeId>
          <Image><BaseFileName>GridSquare_20240406_102420</BaseFileName></Image>
          <Position><A>0</A><B>0</B><X>-4.9E-05</X><Y>-0.00056</Y><Z>9.2E-05</Z></Position>
          <State>InProgress</State>
          <TargetLocations><Id>4601046</Id><TargetLocationsEfficient xmlns:a="{Arrays}"><a:m_serializationArray>
            {string.Concat(holes)}
          </a:m_serializationArray></TargetLocationsEfficient></TargetLocations>
        </GridSquareXml>
        """;

    public static string Hole(long id, bool isSelected = true) =>
        $"""
        <b:KeyValuePairOfintTargetLocationXmlBpEWF4JT xmlns:b="{Schema}Collections"><b:key>{id}</b:key><b:value>
          <Id>{id}</Id>
          <CorrectedStagePosition><X>0</X><Y>0</Y></CorrectedStagePosition>
          <Image><BaseFileName>FoilHole_{id}_20240406_102451</BaseFileName></Image>
          <ParticleAcquisitions><KeyValuePairs><b:pair><b:value><Id>5666918</Id></b:value></b:pair></KeyValuePairs></ParticleAcquisitions>
          <PixelCenter><x>1396</x><y>972</y></PixelCenter>
          <Selected>{(isSelected ? "true" : "false")}</Selected>
          <StagePosition><A>0</A><X>-4.25E-05</X><Y>-0.000559</Y><Z>9.2E-05</Z></StagePosition>
          <State>Completed</State>
        </b:value></b:KeyValuePairOfintTargetLocationXmlBpEWF4JT>
        """;

    public static string Atlas(params long[] nodes) =>
        $"""
        <AtlasSessionXml xmlns="{Schema}Applications.SciencesAppsShared.GridAtlas.Persistence">
          <Atlas><AtlasImageReference><BaseFileName>Atlas_4590151</BaseFileName></AtlasImageReference>
          <TilesEfficient><_items>
            <TileXml><Id>1</Id><AtlasPixelPosition><height>592</height><width>833</width><x>1584</x><y>1687</y></AtlasPixelPosition>
            <Nodes><KeyValuePairs>{string.Concat(nodes.Select(Node))}</KeyValuePairs></Nodes></TileXml>
          </_items></TilesEfficient></Atlas>
          <Name>Atlas</Name>
        </AtlasSessionXml>
        """;

    private static string Node(long id) =>
        $"""
        <KeyValuePairOfintNodeXml30oatNZW><key>{id}</key><value><Id>{id}</Id>
          <PositionOnTheAtlas><Center><x>2236.751</x><y>1741.15442</y></Center></PositionOnTheAtlas>
          <StagePosition><X>-0.000117</X><Y>-0.000109</Y></StagePosition>
          <TilePositions><_items><TilePositionXml><NodePosition><Center><x>9</x><y>9</y></Center></NodePosition></TilePositionXml></_items>
          </TilePositions></value></KeyValuePairOfintNodeXml30oatNZW>
        """;

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
