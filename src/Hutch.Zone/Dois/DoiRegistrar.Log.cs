using Hutch.Model.Publications;

namespace Hutch.Zone.Dois;

public sealed partial class DoiRegistrar
{
    [LoggerMessage(3151, LogLevel.Information, "The DOI {Doi} is {State} at the DOI service")]
    private partial void LogSettled(string doi, DoiState state);

    [LoggerMessage(3152, LogLevel.Warning, "The DOI {Doi} waits; the DOI service is asked again in {Seconds:0} s: {Reason}")]
    private partial void LogFailed(string doi, double seconds, string reason);

    [LoggerMessage(3153, LogLevel.Warning, "DOIs wait, as their records cannot be read or written: {Reason}")]
    private partial void LogRecordsAway(string reason);
}
