using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Model.Sites;

namespace Hutch.Commands.Verbs.Sites;

internal sealed class SiteJoinVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "join",
        "Let the server that you are logged in to join a zone (administrators). Reads the token from standard input.",
        "hutch site join < token.txt",
        "hutch site join --accounts accounts.txt --dry-run < token.txt")
{
    private readonly Option<string?> _accounts = verb.Add(AccountsOption(
        "For a server with people or datasets: a file with a line for each of its accounts, LOCAL: ZONE, where ZONE is an account there."));
    private readonly Option<bool> _dryRun = verb.Option<bool>("--dry-run", "With --accounts: only say what would happen.");

    internal static Option<string?> AccountsOption(string description) =>
        new("--accounts") { Description = description, HelpName = "MAP" };

    /// <summary>Reads that file; null where none is named.</summary>
    internal static async Task<string?> ReadMapAsync(CliContext context, Option<string?> option, CancellationToken ct)
    {
        if (context.Value(option) is not { } file)
        {
            return null;
        }

        string path = context.FullPath(file);
        var found = new FileInfo(path);
        return !found.Exists
            ? throw (ErrorCode.NotFound with { Advice = "Check the path." }).With($"{Display.Quote(path)} does not exist.").ToException()
            : found.Length > AccountMap.MaxCharacters ? throw ErrorCode.TooLarge.With(
                $"{Display.Quote(path)} has {Display.Bytes(found.Length)}; a map of accounts has at most "
                + $"{Display.Bytes(AccountMap.MaxCharacters)}.").ToException()
            : await File.ReadAllTextAsync(path, ct);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string? map = await ReadMapAsync(context, _accounts, cancellationToken);
        if (map is null && context.Value(_dryRun))
        {
            throw ErrorCode.BadRequest.With("--dry-run says what becomes of accounts and datasets: give --accounts, too.").ToException();
        }

        string token = await SecretInput.ReadAsync(context.Host, "Join token", cancellationToken)
            ?? throw ErrorCode.BadRequest.With("No token on standard input; run `hutch site join < token.txt`.").ToException();
        var join = new JoinZone { Token = token, Accounts = map };
        if (map is not null)
        {
            JoinPlanInfo plan = await context.Server.PlanJoinAsync(join, cancellationToken);
            if (context.Value(_dryRun))
            {
                return Show(context, plan);
            }

            context.WriteNote($"{Datasets(plan.Datasets)} will be known in the zone, and stay{(plan.Datasets == 1 ? "s" : "")} here.");
        }

        JoinedZoneInfo joined = await context.Server.JoinZoneAsync(join, cancellationToken);
        context.Print(
            joined, HutchJson.Default.JoinedZoneInfo, $"Joined the zone {joined.Zone} at {joined.Address} as {joined.SiteName}.");
        context.WriteNote(
            "This server has the accounts of the zone from now on, and its own are gone. Log in here with a token that is made "
            + $"at the zone: `hutch token create --site {joined.SiteName} --scope admin`.");
        return ExitCode.Ok;
    }

    private static string Datasets(long count) =>
        count == 1 ? "1 dataset" : string.Create(CultureInfo.InvariantCulture, $"{count} datasets");

    private static int Show(CliContext context, JoinPlanInfo plan)
    {
        if (context.Json)
        {
            context.PrintJson(plan, HutchJson.Default.JoinPlanInfo);
            return ExitCode.Ok;
        }

        var accounts = new TextTable("ACCOUNT", "IN THE ZONE", "DATASETS");
        foreach (JoinPlanAccount one in plan.Accounts)
        {
            accounts.Add(
                one.Local, one.Zone is null ? "nobody" : one.Made ? one.Zone + " (made)" : one.Zone,
                one.Datasets.ToString(CultureInfo.InvariantCulture));
        }

        context.Write(accounts, "No account is mapped.");
        if (plan.Renamed.Count > 0)
        {
            var renamed = new TextTable("DATASET", "IN THE ZONE");
            foreach (JoinPlanName one in plan.Renamed)
            {
                renamed.Add(one.Name, one.Becomes);
            }

            context.Write(renamed, "");
        }

        context.WriteNote(
            $"This server would be the site {plan.SiteName} of the zone at {plan.Address}. {Datasets(plan.Datasets)} would stay "
            + "here, and be known in the zone.");
        if (plan.Ends.Count > 0)
        {
            context.WriteNote("Would end: " + string.Join(", ", plan.Ends.Select(static end => $"{end.Key}: {end.Value}")) + ".");
        }

        context.WriteNote("Nothing was changed.");
        return ExitCode.Ok;
    }
}
