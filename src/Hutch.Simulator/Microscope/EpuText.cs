using System.Xml.Linq;

namespace Hutch.Simulator.Microscope;

/// <summary>The XML files of EPU, with the elements that programs read.</summary>
internal static class EpuText
{
    private const string Schema = "http://schemas.datacontract.org/2004/07/";

    private static readonly XNamespace Epu = Schema + "Applications.Epu.Persistence";
    private static readonly XNamespace GridAtlas = Schema + "Applications.SciencesAppsShared.GridAtlas.Persistence";
    private static readonly XNamespace Shared = Schema + "Fei.SharedObjects";

    public static string Session(string name, DateTimeOffset started, IEnumerable<long> squares) => new XElement(
        Epu + "EpuSessionXml",
        new XElement(Epu + "DoseFractionsOutputFormat", "Mrc Non-Gain normalized"),
        new XElement(Epu + "Name", name),
        new XElement(
            Epu + "Samples",
            new XElement(
                Epu + "_items",
                new XElement(
                    Epu + "SampleXml",
                    new XElement(Epu + "AtlasId", $@"Z:\{name}\Sample4\Atlas\Atlas.dm"),
                    new XElement(
                        Epu + "GridSquares",
                        new XElement(
                            Epu + "m_serializationArray",
                            squares.Select(static square => new XElement(
                                Epu + "KeyValuePairOfintSerializedReferenceOfGridSquareXml",
                                new XElement(Epu + "key", square),
                                new XElement(
                                    Epu + "value",
                                    new XElement(Epu + "FileName", $@"Metadata\GridSquare_{Text(square)}.dm"))))))))),
        new XElement(Epu + "StartDateTime", started.UtcDateTime)).ToString();

    public static string Atlas(int side, AtlasPoint[] squares) => new XElement(
        GridAtlas + "AtlasSessionXml",
        new XElement(
            GridAtlas + "Atlas",
            new XElement(GridAtlas + "AtlasImageReference", new XElement(GridAtlas + "BaseFileName", "Atlas_1")),
            new XElement(
                GridAtlas + "TilesEfficient",
                new XElement(
                    GridAtlas + "_items",
                    new XElement(
                        GridAtlas + "TileXml",
                        new XElement(
                            GridAtlas + "AtlasPixelPosition",
                            new XElement(GridAtlas + "height", side),
                            new XElement(GridAtlas + "width", side),
                            new XElement(GridAtlas + "x", 0),
                            new XElement(GridAtlas + "y", 0)),
                        new XElement(
                            GridAtlas + "Nodes",
                            new XElement(GridAtlas + "KeyValuePairs", squares.Select(Node))))))),
        new XElement(GridAtlas + "Name", "Atlas")).ToString();

    public static string Square(long number, double x, double y, string picture, AtlasPoint[] holes) => new XElement(
        Epu + "GridSquareXml",
        new XElement(Epu + "Id", number),
        new XElement(Epu + "AtlasNodeId", number),
        new XElement(Epu + "Image", new XElement(Epu + "BaseFileName", picture)),
        new XElement(Epu + "Position", new XElement(Epu + "X", x), new XElement(Epu + "Y", y), new XElement(Epu + "Z", 9.3e-5)),
        new XElement(Epu + "State", "InProgress"),
        new XElement(
            Epu + "TargetLocations",
            new XElement(Epu + "TargetLocationsEfficient", new XElement(Epu + "m_serializationArray", holes.Select(Hole))))).ToString();

    /// <param name="defocus">In µm; null for a picture that is no exposure.</param>
    /// <param name="x">Of the stage in metres.</param>
    /// <param name="y">Of the stage in metres.</param>
    public static string Image(
        MicroscopeOptions options, DateTimeOffset time, double? defocus, double x, double y, int width, int height, bool isMovie)
    {
        double metres = options.PixelAngstrom * 1e-10;
        double dose = options.ElectronsPerPixel * options.Frames / (metres * metres);
        return new XElement(
            Shared + "MicroscopeImage",
            new XElement(
                Shared + "CustomData",
                isMovie ? Pair("Dose", Text(dose)) : null,
                Pair("DetectorCommercialName", "Simulated camera"),
                defocus is { } aim ? Pair("AppliedDefocus", Text(aim * 1e-6)) : null),
            new XElement(
                Shared + "SpatialScale",
                new XElement(
                    Shared + "pixelSize",
                    new XElement(Shared + "x", new XElement(Shared + "numericValue", metres)),
                    new XElement(Shared + "y", new XElement(Shared + "numericValue", metres)))),
            new XElement(
                Shared + "microscopeData",
                new XElement(
                    Shared + "acquisition",
                    new XElement(Shared + "acquisitionDateTime", time.UtcDateTime),
                    new XElement(
                        Shared + "camera",
                        new XElement(
                            Shared + "CameraSpecificInput",
                            isMovie ? Pair("FractionationSettings", new XElement(Shared + "NumberOffractions", options.Frames)) : null),
                        new XElement(Shared + "ExposureTime", options.Frames * 0.04),
                        new XElement(
                            Shared + "ReadoutArea", new XElement(Shared + "height", height), new XElement(Shared + "width", width)))),
                new XElement(
                    Shared + "core",
                    new XElement(Shared + "ApplicationSoftware", "EPU"),
                    new XElement(Shared + "ApplicationSoftwareVersion", "0.0 (simulated)")),
                new XElement(Shared + "gun", new XElement(Shared + "AccelerationVoltage", 300000)),
                new XElement(
                    Shared + "optics",
                    new XElement(Shared + "TemMagnification", new XElement(Shared + "NominalMagnification", 105000))),
                new XElement(
                    Shared + "stage",
                    new XElement(
                        Shared + "Position",
                        new XElement(Shared + "A", 0),
                        new XElement(Shared + "X", x),
                        new XElement(Shared + "Y", y),
                        new XElement(Shared + "Z", 9.3e-5))))).ToString();
    }

    private static XElement Pair(string key, object value) => new(
        Shared + "KeyValueOfstringanyType", new XElement(Shared + "Key", key), new XElement(Shared + "Value", value));

    private static XElement Node(AtlasPoint square) => new(
        GridAtlas + "KeyValuePairOfintNodeXml",
        new XElement(GridAtlas + "key", square.Number),
        new XElement(
            GridAtlas + "value",
            new XElement(GridAtlas + "Id", square.Number),
            new XElement(
                GridAtlas + "PositionOnTheAtlas",
                new XElement(GridAtlas + "Center", new XElement(GridAtlas + "x", square.X), new XElement(GridAtlas + "y", square.Y))),
            new XElement(
                GridAtlas + "StagePosition", new XElement(GridAtlas + "X", square.StageX), new XElement(GridAtlas + "Y", square.StageY))));

    private static XElement Hole(AtlasPoint hole) => new(
        Epu + "KeyValuePairOfintTargetLocationXml",
        new XElement(Epu + "key", hole.Number),
        new XElement(
            Epu + "value",
            new XElement(Epu + "Id", hole.Number),
            new XElement(Epu + "PixelCenter", new XElement(Epu + "x", hole.X), new XElement(Epu + "y", hole.Y)),
            new XElement(Epu + "Selected", hole.IsSelected),
            new XElement(Epu + "StagePosition", new XElement(Epu + "X", hole.StageX), new XElement(Epu + "Y", hole.StageY))));

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
