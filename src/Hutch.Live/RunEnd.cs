using Hutch.Model.Records;

namespace Hutch.Live;

/// <summary>How a run ends.</summary>
/// <param name="Outcome">Done, failed or cancelled.</param>
/// <param name="Message">Why, when it is not plainly done.</param>
/// <param name="Inputs">What it has read, when its start could not say.</param>
internal sealed record RunEnd(RunOutcome Outcome, string? Message, IReadOnlyList<VersionReference>? Inputs);
