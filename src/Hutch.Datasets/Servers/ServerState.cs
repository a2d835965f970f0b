using Hutch.Site.Platform.Fairness;
using Hutch.Site.Platform.Servers;

namespace Hutch.Datasets.Servers;

/// <summary>The state of a server that only this server knows.</summary>
public sealed record ServerState
{
    /// <summary>Its version, <c>major.minor.patch</c>.</summary>
    public required string Version { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>The last record of the log that its view has.</summary>
    public required long Applied { get; init; }

    /// <summary>The reason that it cannot write until its next start; null without a failure.</summary>
    public string? Failure { get; init; }

    /// <summary>The parents of the facility's folders that it watches.</summary>
    public required IReadOnlyList<string> Watched { get; init; }

    public required IReadOnlyList<ClassLoad> Classes { get; init; }

    /// <summary>Its transfers, the oldest first.</summary>
    public required IReadOnlyList<TransferLoad> Transfers { get; init; }

    public required IReadOnlyList<CaptureLoad> Captures { get; init; }
}

/// <param name="Server">The server; null for the only one of a site.</param>
/// <param name="State">Its state; null if it did not answer.</param>
/// <param name="Trouble">The reason that it did not answer.</param>
public sealed record ServerAnswer(SiteServer? Server, ServerState? State, string? Trouble);
