using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Accounts;

public sealed partial class AccountService
{
    /// <summary>The most users, and the most groups, that match one word; the first by name.</summary>
    private const int MaxPeopleOfWord = 100;

    /// <summary>Returns users and groups by the beginnings of words, as far as the caller may know them; no match, no entry.</summary>
    /// <remarks>
    /// A display name is visible to its user and to administrators. The login names of a group's members are visible to each other and to
    /// administrators. Matches by login name are returned separately (<see cref="KnownPeople.Named"/>), because their visibility depends on
    /// the object that names them.
    /// </remarks>
    public async ValueTask<IReadOnlyDictionary<string, KnownPeople>> FindPeopleAsync(
        Caller caller, IReadOnlyCollection<string> words, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(words);
        if (!caller.IsUser || caller.IsRemembered || words.Count == 0)
        {
            return new Dictionary<string, KnownPeople>();
        }

        return await _zone.ReadAsync(
            tables => words.Distinct(StringComparer.Ordinal)
                .Select(word => (word, People: FindPeople(tables, caller, word)))
                .Where(found => found.People.Known.Count + found.People.Named.Count > 0)
                .ToDictionary(found => found.word, found => found.People),
            ct);
    }

    private static KnownPeople FindPeople(ZoneTables tables, Caller caller, string word)
    {
        IReadOnlyList<PrincipalId> named = tables.Principals.Named(word, MaxPeopleOfWord);
        if (Authorizer.Authorize(caller, Operation.UserList).IsOk)
        {
            PrincipalId[] called = [.. tables.Principals.Called(word, MaxPeopleOfWord)];
            return new KnownPeople([.. called, .. tables.Memberships.GroupsWith([.. called, .. named], MaxPeopleOfWord)], named);
        }

        HashSet<PrincipalId> own =
        [
            .. caller.Groups
                .Where(group => Authorizer.Authorize(
                    caller, new PrincipalRecord(group.GroupId, PrincipalKind.Group, group.GroupName), Operation.GroupRead).IsOk)
                .Select(group => group.GroupId),
        ];
        return IsCalled(caller, word) ? new KnownPeople([caller.UserId, .. own], named)
            : new KnownPeople(own.Count == 0 ? [] : tables.Memberships.GroupsWith(word, own), named);
    }

    private static bool IsCalled(Caller caller, string word) => caller.User?.DisplayName is { } name
        && name.Split(' ').Any(part => part.StartsWith(word, StringComparison.OrdinalIgnoreCase));
}

/// <summary>The users and groups that match a word.</summary>
/// <param name="Known">Those that the caller may always recognize as matches.</param>
/// <param name="Named">Those whose login name begins with the word.</param>
public sealed record KnownPeople(IReadOnlyCollection<PrincipalId> Known, IReadOnlyCollection<PrincipalId> Named);
