namespace Hutch.Model.Zone;

/// <summary>A dataset that its owner wants to give away, and that becomes the receiver's when it is accepted.</summary>
/// <param name="To">Who may accept it: a user, or the managers of a group.</param>
/// <param name="By">Who offers it: its owner, or a manager of the group that is.</param>
public sealed record OfferRecord(DatasetId Dataset, PrincipalRecord To, PrincipalRecord By, DateTimeOffset At);
