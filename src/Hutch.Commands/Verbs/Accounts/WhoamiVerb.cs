using Hutch.Client.Configuration;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Accounts;

internal sealed class WhoamiVerb(VerbDeclaration verb)
    : Verb(verb, "whoami", "Show which account, token and server the command uses.", "hutch whoami")
{
    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        Connection connection = context.ServerConnection;
        string server = RemoteAddress.Key(connection.Remote);
        if (connection.Token is null && context.Server.IsAnonymous)
        {
            throw (ErrorCode.Unauthenticated with { Advice = $"`hutch login {server}` logs you in." })
                .With($"You are anonymous at {server}: you see what is public, and can change nothing.").ToException();
        }

        CallerInfo caller = await context.Server.GetCallerAsync(cancellationToken);
        if (context.Json)
        {
            context.PrintJson(caller, HutchJson.Default.CallerInfo);
            return ExitCode.Ok;
        }

        TextWriter output = context.Host.Out;
        output.WriteLine($"{caller.User} at {server}");
        Write("name", caller.DisplayName);
        Write("roles", string.Join(", ", caller.Roles));
        Write("groups", string.Join(", ", caller.Groups));
        if (caller.Token is { } token)
        {
            string end = token.Expires is { } expires ? "until " + Human.Time(expires) : "does not expire";
            Write("token", $"{token.Id} ({string.Join(", ", token.Scopes)}), {end}");
        }

        return ExitCode.Ok;

        void Write(string label, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                output.WriteLine($"{label,-10} {Display.Name(value)}");
            }
        }
    }
}
