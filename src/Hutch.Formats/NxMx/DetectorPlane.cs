namespace Hutch.Formats.NxMx;

/// <summary>The location of the pixels of a flat detector, in metres from the sample; the beam goes along z.</summary>
/// <param name="Origin">The corner of the first pixel.</param>
/// <param name="Fast">From a pixel to the next one of its row.</param>
public sealed record DetectorPlane(Vector Origin, Vector Fast, Vector Slow)
{
    /// <summary>A detector that is turned less is square to the beam, as far as anybody measures it.</summary>
    private const double SmallestTurnDegrees = 0.01;

    private const double LargestMetres = 1000;

    /// <summary>The direction across the detector, away from the sample; of length 1.</summary>
    public Vector Normal { get; } = NormalOf(Origin, Fast, Slow);

    /// <summary>The angle between the detector's normal and the beam: 0 for a detector square to it.</summary>
    public double TurnDegrees => Math.Acos(Math.Min(1, Math.Abs(Normal.Z))) * 180 / Math.PI;

    /// <summary>True for a detector that is not square to the beam.</summary>
    public bool IsTurned => TurnDegrees > SmallestTurnDegrees;

    /// <summary>The distance of the sample from the plane of the pixels, m.</summary>
    public double Distance => Normal.Dot(Origin);

    /// <summary>The place where the beam meets the plane, in pixels along a row and in rows; null if it does not.</summary>
    public (double X, double Y)? BeamCentre
    {
        get
        {
            if (Normal.Z <= 0)
            {
                return null;
            }

            Vector across = Fast.Cross(Slow);
            Vector from = new Vector(0, 0, Distance / Normal.Z) - Origin;
            double area = across.Dot(across);
            return (from.Cross(Slow).Dot(across) / area, Fast.Cross(from).Dot(across) / area);
        }
    }

    /// <param name="distance">From the sample, m.</param>
    /// <param name="pixelX">Size of a pixel along a row, m.</param>
    /// <param name="pixelY">Size of a pixel along a column, m.</param>
    /// <param name="beamX">Where the beam meets it, in pixels along a row.</param>
    /// <param name="beamY">Where the beam meets it, in rows.</param>
    public static DetectorPlane Square(double distance, double pixelX, double pixelY, double beamX, double beamY) =>
        new(new(-beamX * pixelX, -beamY * pixelY, distance), new(pixelX, 0, 0), new(0, pixelY, 0));

    /// <summary>
    /// Reads the module of an NXmx master through its chains of transformations
    /// (https://manual.nexusformat.org/classes/applications/NXmx.html), if the detector is turned. Returns null for one square to the beam,
    /// whose distance and beam centre say all, and if the chains cannot be followed.
    /// </summary>
    public static DetectorPlane? FindTurned(JsonObject nexus, string entryPath) =>
        Find(nexus, entryPath) is { IsTurned: true } plane ? plane : null;

    /// <summary>Reads the module of a master, turned or not; null if its chains cannot be followed.</summary>
    public static DetectorPlane? Find(JsonObject nexus, string entryPath)
    {
        string module = new NexusGroups(nexus).Module;
        if (Chain("module_offset") is not { } offset || Step("fast_pixel_direction") is not { } fast
            || Step("slow_pixel_direction") is not { } slow)
        {
            return null;
        }

        Vector origin = default;
        offset.ForEach(step => origin = step.Place(origin));
        var plane = new DetectorPlane(origin, fast, slow);
        return plane.IsPossible ? plane : null;

        List<NexusTransformation>? Chain(string name) =>
            NexusTransformation.Chain(nexus, entryPath, name, module) is [.., { IsLast: true }] chain
                && chain.TrueForAll(static step => step.IsKnown)
                ? chain
                : null;

        Vector? Step(string name)
        {
            if (Chain(name) is not { } chain)
            {
                return null;
            }

            // What the first step moves by is the way to the next pixel; the others turn it.
            Vector way = chain[0].Way;
            chain.ForEach(step => way = step.Direction(way));
            return way;
        }
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote; null for anything else.</summary>
    public static DetectorPlane? Read(JsonNode? node) =>
        node is JsonObject detector
            && Read(detector["origin"], out Vector origin)
            && Read(detector["fast"], out Vector fast)
            && Read(detector["slow"], out Vector slow)
            && new DetectorPlane(origin, fast, slow) is { IsPossible: true } plane
            ? plane
            : null;

    /// <summary>The middle of a pixel, or another place, in pixels from the corner of the first.</summary>
    public Vector At(double x, double y) => Origin + (x * Fast) + (y * Slow);

    public JsonObject ToJson() => new() { ["origin"] = Json(Origin), ["fast"] = Json(Fast), ["slow"] = Json(Slow) };

    /// <summary>True if such a detector can exist: its pixels have a size, and the sample is not in its plane.</summary>
    public bool IsPossible =>
        new[] { Origin, Fast, Slow }.All(static vector => vector.Length <= LargestMetres)
        && Fast.Length > 0 && Slow.Length > 0
        && Normal.Dot(Origin) is > 0 and <= LargestMetres;

    private static Vector NormalOf(Vector origin, Vector fast, Vector slow)
    {
        Vector across = fast.Cross(slow);
        return (across.Dot(origin) < 0 ? -1 : 1) / across.Length * across;
    }

    private static JsonArray Json(Vector vector) => new(vector.X, vector.Y, vector.Z);

    private static bool Read(JsonNode? node, out Vector vector)
    {
        vector = default;
        if (node is not JsonArray { Count: 3 } list || NexusTree.Real(list[0]) is not { } x || NexusTree.Real(list[1]) is not { } y
            || NexusTree.Real(list[2]) is not { } z)
        {
            return false;
        }

        vector = new Vector(x, y, z);
        return true;
    }
}
