using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Sharing;

/// <summary><c>hutch share</c>: gives rights, makes links, lists both.</summary>
internal sealed class ShareVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "share",
        "Share a dataset with a user, a group, everyone, or by link. Without --with and --link, list who has access.",
        "hutch share lysozyme --with bob --right read",
        "hutch share lysozyme --with @crystallographers --right write",
        "hutch share lysozyme --link --expires 7d",
        "hutch share lysozyme")
{
    private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());
    private readonly Option<string?> _with = verb.Option<string?>(
        "--with WHO", "The recipient: USER, @GROUP, or `public` for everyone.");
    private readonly Option<bool> _link = verb.Option<bool>(
        "--link", "Create a share link, which works for anyone who has it.");
    private readonly Option<string?> _right = verb.Option<string?>(
        "--right RIGHT", "view, read, derive, write or manage; each includes those before it (default: read).")
        .AcceptOnlyFromAmong("view", "read", "derive", "write", "manage");

    private readonly Option<TimeSpan?> _expires = verb.Add(new Option<TimeSpan?>("--expires")
    {
        Description = "How long the link is valid (default: 7d).",
        HelpName = "TIME",
        CustomParser = Durations.Parse,
    });

    private readonly Option<DateTimeOffset?> _after = verb.Option<DateTimeOffset?>(
        "--after DATE", "The end of an embargo: no access before this date, such as 2027-01-01.");

    /// <summary>The name of a principal at the interface: <c>bob</c> is <c>user:bob</c>, <c>@team</c> is <c>group:team</c>.</summary>
    internal static string PrincipalOf(string who) => who switch
    {
        "public" or "everyone" => "public",
        _ when who.StartsWith('@') => "group:" + who[1..],
        _ => "user:" + who,
    };

    private static string AsTyped(string principal) =>
        principal.StartsWith("user:", StringComparison.Ordinal) ? principal["user:".Length..]
        : principal.StartsWith("group:", StringComparison.Ordinal) ? "@" + principal["group:".Length..]
        : principal;

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        (string? with, bool link) = (context.Value(_with), context.Value(_link));
        if (with is not null && link)
        {
            throw ErrorCode.BadRequest.With("Use either --with or --link, not both.").ToException();
        }

        bool isAsking = with is null && !link;
        if (isAsking && (context.Value(_right) is not null || context.Value(_after) is not null || context.Value(_expires) is not null))
        {
            throw ErrorCode.BadRequest.With("Name who gets the right: --with WHO, or --link.").ToException();
        }

        if (with == dataset.Owner)
        {
            throw ErrorCode.BadRequest.With($"{dataset.Name} belongs to {with}, who has all rights.").ToException();
        }

        string right = context.Value(_right) ?? "read";
        if (link)
        {
            await MakeLinkAsync(context, dataset, right, cancellationToken);
        }
        else if (with is not null)
        {
            await context.Server.PutGrantAsync(
                dataset.Id, PrincipalOf(with), new PutGrant { Right = right, After = context.Value(_after) }, cancellationToken);
            string from = context.Value(_after) is { } after && after > context.Host.Time.GetUtcNow() ? $" from {Human.Time(after)}" : "";
            context.WriteDone(from.Length > 0
                ? $"{dataset.Name} will be shared with {with}{from}: {right}." : $"Shared {dataset.Name} with {with}: {right}.");
        }
        else
        {
            await ListAsync(context, dataset, cancellationToken);
        }

        return ExitCode.Ok;
    }

    private async Task MakeLinkAsync(CliContext context, DatasetInfo dataset, string right, CancellationToken cancellationToken)
    {
        var request = new CreateLink { Right = right, ExpiresIn = (long?)context.Value(_expires)?.TotalSeconds };
        CreatedLink made = await context.Server.CreateLinkAsync(dataset.Id, request, cancellationToken);
        context.Print(made, HutchJson.Default.CreatedLink, made.Token);
        string url = made.Url ?? PortalUrl.OfLink(context.Server.Remote, made.Token);
        context.WriteNote($"Anyone with this link can {right} {dataset.Name} until {Human.Time(made.Expires)}:");
        context.WriteNote($"  in a browser      {url}");
        context.WriteNote($"  with hutch        hutch clone '{url}'");
        context.WriteNote($"  to revoke it      hutch unshare {dataset.Slug} --link {made.Id}");
    }

    private static async Task ListAsync(CliContext context, DatasetInfo dataset, CancellationToken cancellationToken)
    {
        var table = new TextTable("WHO", "RIGHT", "FROM", "UNTIL", "BY");
        await context.AddAsync(
            table, context.Server.ListGrantsAsync(dataset.Id, cancellationToken), HutchJson.Default.GrantInfo,
            grant => [AsTyped(grant.Principal), grant.Right, grant.After is { } after ? Human.Time(after) : "", "", grant.By ?? ""]);

        await context.AddAsync(
            table, context.Server.ListLinksAsync(dataset.Id, cancellationToken), HutchJson.Default.LinkInfo,
            link => ["link " + link.Id, link.Right, "", Human.Time(link.Expires), link.By ?? ""]);

        context.Write(table, $"{dataset.Name} is not shared.");
    }
}
