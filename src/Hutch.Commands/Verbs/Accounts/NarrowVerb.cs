using System.Collections.Immutable;
using System.CommandLine.Parsing;
using Hutch.Commands.Hosting;
using Hutch.Model.NarrowedTokens;

namespace Hutch.Commands.Verbs.Accounts;

/// <summary><c>hutch token narrow</c>: makes a key that opens less than another, without a request.</summary>
internal sealed class NarrowVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "narrow",
        "Make a key that opens less, without asking a server. The key that it is made from is that of your login, or read from a file.",
        "hutch token narrow --folder 0d5f4bb2-4f7a-4dcb-9d64-9f0d4d1f2a11/raw --scope read --for 3d",
        "hutch token narrow --token-file key.txt --door s3 --s3",
        "hutch token narrow --token-file - --scope write < key.txt")
{
    /// <summary>In place of the id of the zone's own server.</summary>
    private const string ZoneItself = "zone";

    private readonly Option<string?> _file = verb.Option<string?>(
        "--token-file FILE", "A file with the key to narrow; - for standard input (default: the token of the login).");
    private readonly Option<string[]> _datasets = Many(verb, "--dataset", "ID", "Only this dataset, by its id, repeatable.");
    private readonly Option<string?> _folder = verb.Option<string?>(
        "--folder ID/PATH", "Only this folder of a dataset, with all below it: the id of the dataset, a slash and the path.");
    private readonly Option<string[]> _scopes = Many(
        verb, "--scope", "SCOPE", "Only this: read, write or manage, repeatable. write alone is a drop box.");
    private readonly Option<string[]> _doors = Many(
        verb, "--door", "DOOR", "Only through this: git, rest, s3 or webdav, repeatable. Commands and mounts use rest.");
    private readonly Option<string[]> _sites = Many(
        verb, "--site", "ID", "Only at this site, by its id, repeatable; zone for the zone's own server.");
    private readonly Option<DateTimeOffset?> _from = verb.Option<DateTimeOffset?>("--from TIME", "Not before this time.");
    private readonly Option<DateTimeOffset?> _until = verb.Option<DateTimeOffset?>("--until TIME", "Until this time.");
    private readonly Option<TimeSpan?> _for = verb.Add(new Option<TimeSpan?>("--for")
    {
        Description = "For so long from now, such as 12h or 3d.",
        HelpName = "TIME",
        CustomParser = Durations.Parse,
    });

    private readonly Option<bool> _s3 = verb.Option<bool>(
        "--s3", "Print the access key, the secret key and the session token for S3 programs. Alone, it narrows nothing.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        NarrowedToken parent = ReadKey(await ReadTextAsync(context, context.Value(_file), cancellationToken));
        TokenRestrictions restrictions = Restrictions(context, parent);
        bool isForS3 = context.Value(_s3);
        NarrowedToken key = isForS3 && restrictions == TokenRestrictions.None ? parent : parent.Narrow(restrictions).Value;
        var made = new NarrowedKey
        {
            Key = key.Text,
            Token = key.Id,
            Permits = key.Reach.Describe(),
            AccessKey = key.AccessKey,
            SecretKey = key.S3Secret,
        };
        context.Print(
            made, HutchJson.Default.NarrowedKey,
            isForS3
                ? $"access key: {made.AccessKey}{Environment.NewLine}secret key: {made.SecretKey}{Environment.NewLine}"
                    + $"session token: {made.Key}"
                : made.Key);
        context.WriteNote($"It {made.Permits}. It ends with the token {key.Id}: `hutch token revoke {key.Id}`.");
        return ExitCode.Ok;
    }

    protected override void CheckOptions(CommandResult result)
    {
        if (result.GetResult(_until) is { Implicit: false } && result.GetResult(_for) is { Implicit: false })
        {
            result.AddError("Use either --until or --for, not both.");
        }
    }

    /// <summary>Reads the first line of a file or of standard input; the token of the login without a file.</summary>
    internal static async Task<string> ReadTextAsync(CliContext context, string? file, CancellationToken cancellationToken)
    {
        string? text = file switch
        {
            null => context.ServerConnection.Token,
            "-" => await SecretInput.ReadAsync(context.Host, "Key", cancellationToken),
            _ => (await File.ReadAllLinesAsync(context.FullPath(file), cancellationToken)).FirstOrDefault(),
        };
        return text?.Trim() is { Length: > 0 } found
            ? found
            : throw (ErrorCode.BadRequest with
            {
                Advice = "Name a file with --token-file, or log in with a token of `hutch token create --narrowable`.",
            }).With("There is no key.").ToException();
    }

    private static NarrowedToken ReadKey(string text) => NarrowedToken.IsOne(text)
        ? NarrowedToken.Parse(text).Value
        : throw (ErrorCode.BadRequest with { Advice = "Make one: `hutch token create --narrowable`." }).With(
            "This token cannot be narrowed: it is none that was made for that.").ToException();

    private TokenRestrictions Restrictions(CliContext context, NarrowedToken parent) => new()
    {
        Datasets = context.Value(_datasets) is { Length: > 0 } datasets
            ? [.. datasets.Select(static text => DatasetId.TryParse(text, out DatasetId id)
                ? id
                : throw (ErrorCode.InvalidName with { Advice = "`hutch info NAME` prints it." }).With(
                    $"{Display.Quote(text)} is not the id of a dataset, and its name needs a server.").ToException())]
            : null,
        Folder = context.Value(_folder) is { } folder ? FolderOfDataset.Parse(folder.TrimEnd('/')).Value : null,
        Scopes = context.Value(_scopes) is { Length: > 0 } scopes ? TokenRestrictions.ParseScopes(string.Join(',', scopes)).Value : null,
        Doors = context.Value(_doors) is { Length: > 0 } doors ? TokenRestrictions.ParseDoors(string.Join(',', doors)).Value : null,
        Sites = context.Value(_sites) is { Length: > 0 } sites
            ? ImmutableSortedSet.Create(StringComparer.Ordinal, [.. sites.Select(site => site == ZoneItself ? parent.Zone : site)])
            : null,
        From = Seconds(context.Value(_from)),
        Until = Seconds(context.Value(_for) is { } life ? context.Host.Time.GetUtcNow() + life : context.Value(_until)),
    };

    private static DateTimeOffset? Seconds(DateTimeOffset? time) =>
        time is { } exact ? DateTimeOffset.FromUnixTimeSeconds(exact.ToUnixTimeSeconds()) : null;

    private static Option<string[]> Many(VerbDeclaration verb, string name, string help, string description) =>
        verb.Add(new Option<string[]>(name)
        {
            Description = description,
            HelpName = help,
            AllowMultipleArgumentsPerToken = true,
        });
}
