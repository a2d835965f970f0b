using Hutch.Messaging.RabbitMq;
using Hutch.Processing.Dispatch;
using Hutch.Site.Platform.Fairness;

namespace Hutch.Datasets.Upkeep;

/// <summary>The processing of data as they come, as far as a caller may see it.</summary>
/// <param name="IsWhole">True if it is everything, and not only the caller's own.</param>
/// <param name="Problems">Slow, stuck and missing parts.</param>
/// <param name="Failure">The reason that nothing can be stored; null without a failure.</param>
/// <param name="Programs">The runs of programs that engines have, or that wait for one.</param>
/// <param name="Broker">The queues of the message broker; null without one, and for a caller that is no operator.</param>
/// <param name="Names">The names of their datasets, those that the caller may see.</param>
public sealed record LiveReport(
    DateTimeOffset Time,
    bool IsWhole,
    IReadOnlyList<SiteWarning> Problems,
    string? Failure,
    bool HasDispatcher,
    IReadOnlyList<ClassLoad> Classes,
    ProcessingStatus Work,
    IReadOnlyList<SiteRun> Programs,
    BrokerStatus? Broker,
    IReadOnlyList<CaptureLoad> Captures,
    IReadOnlyDictionary<DatasetId, string> Names);
