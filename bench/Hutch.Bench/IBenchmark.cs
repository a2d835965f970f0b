namespace Hutch.Bench;

/// <summary>One row of the table of aims: Hutch and its peer in the same run.</summary>
internal interface IBenchmark
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>A name under which it is run together with others; null for none.</summary>
    string? Group => null;

    /// <summary>What is compared with what, and the aim.</summary>
    string Description { get; }

    /// <summary>Measures and prints; throws when Hutch and the peer do not give the same answer.</summary>
    Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken);
}
