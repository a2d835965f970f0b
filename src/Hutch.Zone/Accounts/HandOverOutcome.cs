using Hutch.Model.Zone;

namespace Hutch.Zone.Accounts;

/// <summary>What went from one account to a user or group.</summary>
/// <param name="Datasets">The datasets, by their new names.</param>
/// <param name="Grants">Rights on datasets of others.</param>
/// <param name="Links">Share links.</param>
/// <param name="Invites">Invites.</param>
/// <param name="Groups">Groups that would have no manager any more, and whose manager the user is now.</param>
public sealed record HandOverOutcome(IReadOnlyList<NameRecord> Datasets, int Grants, int Links, int Invites, int Groups);
