using Hutch.Messaging.RabbitMq;
using Hutch.Model;
using Hutch.Processing.Dispatch;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Fairness;

namespace Hutch.Datasets.Upkeep;

/// <summary>Work on data as they come, as far as a caller may see it.</summary>
/// <param name="Time">When it was looked at.</param>
/// <param name="IsWhole">Whether it is everything, and not only the caller's own.</param>
/// <param name="Problems">What is slow, stuck or gone.</param>
/// <param name="Failure">Why nothing can be stored; null while all is well.</param>
/// <param name="HasDispatcher">Whether this server hands out work.</param>
/// <param name="Classes">Work by class.</param>
/// <param name="Work">Runs, workers and queues.</param>
/// <param name="Broker">What waits at the message broker; null without one, and for who is no operator.</param>
/// <param name="Captures">What captures store.</param>
/// <param name="Names">The names of their datasets, those that the caller may see.</param>
public sealed record LiveReport(
    DateTimeOffset Time,
    bool IsWhole,
    IReadOnlyList<SiteWarning> Problems,
    string? Failure,
    bool HasDispatcher,
    IReadOnlyList<ClassLoad> Classes,
    ProcessingStatus Work,
    BrokerStatus? Broker,
    IReadOnlyList<CaptureLoad> Captures,
    IReadOnlyDictionary<DatasetId, string> Names);
