using Hutch.Commands.Hosting;
using Hutch.Model.NarrowedTokens;

namespace Hutch.Commands.Verbs.Accounts;

/// <summary><c>hutch token explain</c>: says what a key is and permits, without a request.</summary>
internal sealed class ExplainVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "explain",
        "Say what a key permits, as far as the key itself says it, without asking a server. Reads it from standard input.",
        "hutch token explain < key.txt",
        "hutch token explain --token-file key.txt")
{
    private readonly Argument<string?> _key = verb.Argument<string?>(
        "key", "The key; standard input is safer, as others may see commands.", ArgumentArity.ZeroOrOne);
    private readonly Option<string?> _file = verb.Option<string?>("--token-file FILE", "A file with the key.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        if (context.Value(_key) is { } argument)
        {
            context.Host.Conceal(argument);
        }

        string text = context.Value(_key) ?? await NarrowVerb.ReadTextAsync(context, context.Value(_file) ?? "-", cancellationToken);
        ExplainedKey explained = Explain(text.Trim());
        context.Print(explained, HutchJson.Default.ExplainedKey, string.Join(Environment.NewLine, Sentences(explained)));
        return ExitCode.Ok;
    }

    private static ExplainedKey Explain(string text)
    {
        if (NarrowedToken.IsOne(text))
        {
            NarrowedToken key = NarrowedToken.Parse(text).Value;
            return new ExplainedKey
            {
                Kind = "key",
                Zone = key.Zone,
                Token = key.Id,
                Blocks = [.. key.Blocks.Select(static block => block.Describe())],
                Permits = key.Reach.Describe(),
            };
        }

        string kind = text switch
        {
            _ when text.StartsWith(TokenText.Token, StringComparison.Ordinal) => "token",
            _ when text.StartsWith(TokenText.Link, StringComparison.Ordinal) => "link",
            _ when text.StartsWith(TokenText.Join, StringComparison.Ordinal) => "join-token",
            _ => throw (ErrorCode.BadRequest with { Advice = "Copy the whole key, which begins with hutchkey_ or hutch_." }).With(
                "This is no key of Hutch.").ToException(),
        };
        string zone = TokenText.ZoneOf(text).ToString();
        return new ExplainedKey
        {
            Kind = kind,
            Zone = zone.Length > 0 ? zone : null,
            Token = zone.Length > 0 && kind == "token" ? text.Split('_')[2] : null,
        };
    }

    private static IEnumerable<string> Sentences(ExplainedKey key)
    {
        string zone = key.Zone is { } id ? $" of the zone {id}" : "";
        if (key.Permits is not { } permits)
        {
            yield return $"This is a {key.Kind.Replace('-', ' ')}{zone}. Only a server knows what it permits, and it cannot be narrowed.";
            yield break;
        }

        string times = key.Blocks.Count switch
        {
            0 => "not narrowed",
            1 => "narrowed once",
            int count => $"narrowed {count} times",
        };
        yield return $"This is a key of the token {key.Token}{zone}, {times}. Its signatures are right.";
        for (int i = 0; i < key.Blocks.Count; i++)
        {
            yield return $"{i + 1}. It {key.Blocks[i]}.";
        }

        yield return $"{(key.Blocks.Count > 1 ? "Together: it" : "It")} {permits}, as long as its token does and is valid.";
    }
}
