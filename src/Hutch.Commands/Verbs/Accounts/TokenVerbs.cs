using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Accounts;

internal static class TokenVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "token", "Create, narrow, list and revoke your tokens.", new CreateVerb(host), new NarrowVerb(host), new ExplainVerb(host),
        new ListTokensVerb(host), new RevokeVerb(host));

    private sealed class CreateVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "create",
            "Create a token and print it. It is not shown again.",
            "hutch token create --name laptop --scope read --expires 30d",
            "hutch token create --json | jq -r .token",
            "hutch token create --narrowable --expires 90d",
            "hutch token create --s3 --dataset lysozyme",
            "hutch token create --s3 --sites archive compute",
            "hutch token create --scope work --name cluster",
            "hutch token create --scope scim --name provider",
            "hutch token create --instrument i04 --name control-room")
    {
        private readonly Option<string?> _name = verb.Option<string?>("--name NAME", "The name of the token.");

        private readonly Option<string[]> _scopes = verb.Add(new Option<string[]>("--scope")
        {
            Description = "What the token allows: read, write, manage or admin, repeatable (default: read and write); or work, "
                + "for workers; or scim, for an identity provider.",
            HelpName = "SCOPE",
            AllowMultipleArgumentsPerToken = true,
        }).Suggesting("read", "write", "manage", "admin", "work", "scim");

        private readonly Option<TimeSpan?> _expires = verb.Add(new Option<TimeSpan?>("--expires")
        {
            Description = "How long the token is valid, such as 12h or 30d.",
            HelpName = "TIME",
            CustomParser = Durations.Parse,
        });

        private readonly Option<string?> _dataset = verb.Option<string?>(
            "--dataset DATASET", "Restrict the token to this dataset.");
        private readonly Option<string?> _namespace = verb.Option<string?>(
            "--namespace NAME", "With the scope work: the namespace whose runs the token is for (default: default).");
        private readonly Option<string?> _instrument = verb.Option<string?>(
            "--instrument",
            "For a screen at this instrument: the token only shows the visit that runs there (administrators).");
        private readonly Option<string?> _site = verb.Option<string?>(
            "--site NAME", "Make it good at this site of the zone only; it is refused everywhere else.");
        private readonly Option<bool> _s3 = verb.Option<bool>(
            "--s3",
            "Create an S3 key, an access key and a secret key for S3 only "
            + "(default scopes: read, write and manage).");

        private readonly Option<bool> _narrowable = verb.Option<bool>(
            "--narrowable",
            "Make a token from which `hutch token narrow` makes keys that open less, without a server "
            + "(scopes: read, write and manage).");

        private readonly Option<string[]> _sites = verb.Add(new Option<string[]>("--sites")
        {
            Description = "With --s3 or --narrowable: sites that the key opens beside the zone's own; or all, for those that are in the "
                + "zone now.",
            HelpName = "NAME",
            AllowMultipleArgumentsPerToken = true,
        });

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string[] scopes = context.Value(_scopes) ?? [];
            CreatedToken token = await context.Server.CreateTokenAsync(
                new CreateToken
                {
                    Name = context.Value(_name),
                    Scopes = scopes.Length > 0 ? scopes : null,
                    ExpiresIn = (long?)context.Value(_expires)?.TotalSeconds,
                    Dataset = context.Value(_dataset),
                    Namespace = context.Value(_namespace),
                    Instrument = context.Value(_instrument),
                    Site = context.Value(_site),
                    S3 = context.Value(_s3),
                    Narrowable = context.Value(_narrowable),
                    Sites = context.Value(_sites) is { Length: > 0 } sites ? sites : null,
                },
                cancellationToken);
            context.Print(
                token, HutchJson.Default.CreatedToken, token.Token
                    ?? $"access key: {token.AccessKey}{Environment.NewLine}secret key: {token.SecretKey}");
            if (token.Sites is { Count: > 0 } opened)
            {
                context.WriteNote(
                    "It opens the zone's own site and "
                    + $"{string.Join(", ", opened.Select(one => $"{one.Name} (id {one.Id}, region {one.Region})"))}.");
            }

            context.WriteNote(
                $"Token {token.Id} is not shown again. It "
                + $"{(token.Expires is { } end ? "expires on " + Human.Time(end) : "does not expire")}; "
                + $"`hutch token revoke {token.Id}` revokes it."
                + (scopes is [_, ..] && !scopes.Contains("read") && !scopes.Contains("work") && !scopes.Contains("scim")
                    ? " It cannot list or read datasets: that needs the scope read." : ""));
            return ExitCode.Ok;
        }
    }

    private sealed class ListTokensVerb(VerbDeclaration verb)
        : Verb(verb, "list", "List your tokens, without their secrets.", "hutch token list")
    {
        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            var table = new TextTable("ID", "NAME", "SCOPES", "CREATED", "EXPIRES", "LAST USED", "OPENS");
            await context.AddAsync(
                table, context.Server.ListTokensAsync(cancellationToken), HutchJson.Default.TokenInfo,
                token =>
                [
                    token.Id,
                    token.Name ?? "",
                    string.Join(',', token.Scopes),
                    Human.Time(token.Created),
                    token.Expires is { } end ? Human.Time(end) : "never",
                    token.LastUsed is { } used ? Human.Time(used) : "never",
                    string.Join(',', token.Sites ?? []),
                ]);

            context.Write(table, "You have no tokens.");
            return ExitCode.Ok;
        }
    }

    private sealed class RevokeVerb(VerbDeclaration verb)
        : Verb(verb, "revoke", "Revoke a token. It stops working at once.", "hutch token revoke 7f3a9c")
    {
        private readonly Argument<string> _id = verb.Argument<string>("id", "The id of the token, from `hutch token list`.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string id = context.Value(_id)!;
            await context.Server.RevokeTokenAsync(id, cancellationToken);
            context.WriteDone($"Revoked the token {id}.");
            return ExitCode.Ok;
        }
    }
}
