using System.Text.Json;
using Hutch.Simulator;

namespace Hutch.Worker.Tests.Support;

/// <summary>A simulated series in a folder that goes when the test ends.</summary>
internal sealed class SimulatedSeries : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-series-").FullName;

    public SimulatedSeries(SimulationOptions options) =>
        Master = SeriesFiles.Write(options, _folder, "sim", null, TestContext.Current.CancellationToken).Value;

    public string Master { get; }

    public JsonDocument Summary() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, "sim_truth.json")));

    public List<TrueReflection> Truth(int image)
    {
        var found = new List<TrueReflection>();
        foreach (string line in File.ReadLines(Path.Combine(_folder, "sim_truth.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement r = document.RootElement;
            if (r.GetProperty("image").GetInt32() == image)
            {
                found.Add(new TrueReflection(r.GetProperty("x").GetDouble(), r.GetProperty("y").GetDouble(), r.GetProperty("counted").GetInt32()));
            }
        }

        return found;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

/// <summary>A reflection that was put on an image, and the photons that it really got.</summary>
internal sealed record TrueReflection(double X, double Y, int Counted);
