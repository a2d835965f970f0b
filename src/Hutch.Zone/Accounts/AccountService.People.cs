using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Accounts;

public sealed partial class AccountService
{
    /// <summary>Users, and groups, that one word means at most: the first by their names.</summary>
    private const int MaxPeopleOfWord = 100;

    /// <summary>
    /// The users and groups with a name that begins as a word does, for each of some words, as far as the caller may know these names.
    /// Words that nobody is called by are left out.
    /// </summary>
    /// <remarks>
    /// A full name is known to who has it and to administrators; the members of a group, by their login names, to each other and to
    /// administrators. Login names of users and groups by themselves are told apart (<see cref="KnownPeople.Named"/>), as who may know them
    /// depends on what they are told of.
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

/// <summary>Users and groups that a word means.</summary>
/// <param name="Known">Those of which the caller may know that they are meant, wherever they are told of.</param>
/// <param name="Named">Those with a login name that begins so.</param>
public sealed record KnownPeople(IReadOnlyCollection<PrincipalId> Known, IReadOnlyCollection<PrincipalId> Named);
