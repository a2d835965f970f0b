namespace Hutch.Model.Zone;

/// <summary>An offer to transfer a dataset to another owner. Ownership changes when the receiver accepts.</summary>
/// <param name="To">The receiver: a user, or a group, whose managers can accept.</param>
/// <param name="By">The sender: its owner, or a manager of the group that owns it.</param>
public sealed record OfferRecord(DatasetId Dataset, PrincipalRecord To, PrincipalRecord By, DateTimeOffset At);
