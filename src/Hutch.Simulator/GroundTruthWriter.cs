using System.Text.Json;

namespace Hutch.Simulator;

internal sealed class GroundTruthWriter : IDisposable
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true };

    private readonly FileStream _lines;

    public GroundTruthWriter(string path) => _lines = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);

    /// <summary>Writes the conditions: geometry, crystal, faults.</summary>
    public static void WriteSummary(string path, SimulationOptions options, FrameSimulator simulator)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        using var json = new Utf8JsonWriter(file, Readable);
        json.WriteStartObject();
        json.WriteString("detector", options.Detector.Name);
        json.WriteNumber("rows", options.Detector.Rows);
        json.WriteNumber("columns", options.Detector.Columns);
        json.WriteNumber("images", options.Images);
        json.WriteNumber("seed", options.Seed);
        json.WriteNumber("beamX", simulator.Geometry.BeamX);
        json.WriteNumber("beamY", simulator.Geometry.BeamY);
        json.WriteNumber("distanceMetres", simulator.Geometry.DistanceMetres);
        json.WriteNumber("pixelSizeMetres", DetectorModel.PixelSizeMetres);
        json.WriteNumber("wavelengthAngstrom", options.WavelengthAngstrom);
        json.WriteNumber("incrementDegrees", options.IncrementDegrees);
        json.WriteNumber("mosaicityDegrees", options.MosaicityDegrees);
        json.WriteNumber("spotSigmaPixels", options.SpotSigmaPixels);
        json.WriteNumber("backgroundPhotons", options.BackgroundPhotons);
        WriteList(json, "cell", [options.UsedCell.A, options.UsedCell.A, options.UsedCell.C, 90, 90, 90]);
        WriteList(json, "reciprocalBasis", simulator.Crystal.ReciprocalBasis);
        json.WriteString("axes", "x along a row, y down a column, z along the beam; the crystal turns about x");
        WritePixels(json, "deadPixels", simulator.Faults.DeadPixels, options.Detector.Columns);
        WritePixels(json, "hotPixels", simulator.Faults.HotPixels, options.Detector.Columns);
        json.WriteEndObject();
    }

    /// <summary>Writes the reflections of one image, the strongest first.</summary>
    public void WriteImage(int number, IReadOnlyList<Reflection> reflections, ReadOnlySpan<int> counted)
    {
        int[] order = Enumerable.Range(0, reflections.Count).OrderByDescending(i => reflections[i].ExpectedPhotons).ToArray();
        using var json = new Utf8JsonWriter(_lines, new JsonWriterOptions { SkipValidation = true });
        foreach (int i in order)
        {
            Reflection reflection = reflections[i];
            json.WriteStartObject();
            json.WriteNumber("image", number);
            json.WriteNumber("h", reflection.H);
            json.WriteNumber("k", reflection.K);
            json.WriteNumber("l", reflection.L);
            json.WriteNumber("x", reflection.X);
            json.WriteNumber("y", reflection.Y);
            json.WriteNumber("d", reflection.ResolutionAngstrom);
            json.WriteNumber("expected", reflection.ExpectedPhotons);
            json.WriteNumber("counted", counted[i]);
            json.WriteEndObject();
            json.Flush();
            _lines.WriteByte((byte)'\n');
            json.Reset();
        }
    }

    public void Dispose() => _lines.Dispose();

    private static void WriteList(Utf8JsonWriter json, string name, double[] numbers)
    {
        json.WriteStartArray(name);
        foreach (double number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static void WritePixels(Utf8JsonWriter json, string name, int[] pixels, int columns)
    {
        json.WriteStartArray(name);
        foreach (int pixel in pixels)
        {
            json.WriteStartArray();
            json.WriteNumberValue(pixel % columns);
            json.WriteNumberValue(pixel / columns);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }
}
