namespace Hutch.Model.Sites;

/// <summary>
/// The mapping of accounts when a server joins a zone, one per line: <c>local: zone</c>; <c>local: +zone</c> creates the account in the
/// zone; <c>local: -</c> drops it. See docs/operations/sites.md.
/// </summary>
public sealed class AccountMap
{
    public const int MaxAccounts = 500;

    public const int MaxCharacters = 256 << 10;

    private const char Comment = '#';
    private const string Nobody = "-";

    private AccountMap(IReadOnlyList<MappedAccount> accounts) => Accounts = accounts;

    /// <summary>The accounts, in the order of the file.</summary>
    public IReadOnlyList<MappedAccount> Accounts { get; }

    public IEnumerable<MappedAccount> Mapped => Accounts.Where(static account => account.Zone is not null);

    /// <summary>Parses the file; the error names the invalid line.</summary>
    public static Result<AccountMap> Parse(string text)
    {
        if (text.Length > MaxCharacters)
        {
            return Reject($"The map of accounts has {text.Length} characters; the limit is {MaxCharacters}.");
        }

        var accounts = new List<MappedAccount>();
        var locals = new HashSet<string>(StringComparer.Ordinal);
        var zones = new Dictionary<string, string>(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in text.Split('\n').Select(static line => line.Split(Comment)[0].Trim()))
        {
            number++;
            if (line.Length == 0)
            {
                continue;
            }

            if (!ReadLine(line).TryGet(out MappedAccount? account, out HutchError? refusal))
            {
                return Reject($"Line {number} of the map of accounts: {refusal.Message}");
            }

            if (!locals.Add(account.Local))
            {
                return Reject($"Line {number} of the map of accounts: '{account.Local}' has a line already.");
            }

            if (account.Zone is { } zone && !zones.TryAdd(zone, account.Local))
            {
                return Reject(
                    $"Line {number} of the map of accounts: '{zones[zone]}' and '{account.Local}' cannot both become '{zone}'. Hand the "
                    + "datasets of one over to the other first.");
            }

            accounts.Add(account);
            if (accounts.Count > MaxAccounts)
            {
                return Reject($"The map of accounts has more than {MaxAccounts} accounts.");
            }
        }

        return new AccountMap(accounts);
    }

    private static Result<MappedAccount> ReadLine(string line)
    {
        if (line.Split(':', 2, StringSplitOptions.TrimEntries) is not [var local, var zone])
        {
            return Reject($"{Display.Quote(line)} is not LOCAL: ZONE, such as 'ada: ada'.");
        }

        bool isNew = zone.StartsWith('+');
        HutchError? refusal = null;
        if (!AccountName.Parse(local).TryGet(out AccountName from, out refusal))
        {
            return refusal;
        }

        if (zone == Nobody)
        {
            return new MappedAccount(from.Value, null, false);
        }

        if (AccountName.Parse(isNew ? zone[1..].TrimStart() : zone).TryGet(out AccountName to, out refusal))
        {
            return new MappedAccount(from.Value, to.Value, isNew);
        }

        return refusal;
    }

    private static HutchError Reject(string words) => ErrorCode.BadRequest.With(words);
}

/// <param name="IsNew">True if the account is created when the server joins.</param>
public sealed record MappedAccount(string Local, string? Zone, bool IsNew)
{
    /// <summary>The account of the zone in the notation of invites.</summary>
    public string Target => (IsNew ? "+" : "") + Zone;
}
