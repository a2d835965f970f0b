namespace Hutch.Model.Zone;

/// <summary>Somebody who may see a dataset asks to read it. At most one a person and dataset.</summary>
/// <param name="By">Who asks.</param>
/// <param name="Text">What they say; empty for nothing.</param>
/// <param name="At">When they asked.</param>
/// <param name="DeniedAt">When it was denied; null while it is open.</param>
public sealed record AccessRequestRecord(
    DatasetId Dataset, PrincipalRecord By, string Text, DateTimeOffset At, DateTimeOffset? DeniedAt);
