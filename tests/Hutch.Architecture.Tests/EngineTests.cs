using Hutch.Architecture.Tests.Reading;

namespace Hutch.Architecture.Tests;

/// <summary>The engine of a site can be exchanged: nobody but the engine in segments knows them.</summary>
public sealed class EngineTests
{
    private const string Engine = "src/Hutch.Site/Engines/Segments/";

    [Fact]
    public void Only_the_engine_of_segments_mentions_segments()
    {
        Violations violations = new("Only the engine mentions Hutch.Storage.Segments; others ask ISiteEngine");
        violations.AddRange(Repository.Sources("src")
            .Where(source => !source.Path.StartsWith("src/Hutch.Storage/", StringComparison.Ordinal)
                && !source.Path.StartsWith(Engine, StringComparison.Ordinal)
                && source.Code.Contains("Storage.Segments", StringComparison.Ordinal))
            .Select(source => (source.Path, "mentions Hutch.Storage.Segments")));

        violations.AssertNone();
    }
}
