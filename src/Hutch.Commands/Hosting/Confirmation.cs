namespace Hutch.Commands.Hosting;

/// <summary>The question before what cannot be undone. A script is not asked: it names the dataset, and means it.</summary>
internal static class Confirmation
{
    internal static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Do not ask." };

    /// <summary>Asks on a terminal; a refusal unless the answer is yes.</summary>
    /// <param name="question">Without the question mark.</param>
    internal static async Task RequireAsync(CliContext context, string question, CancellationToken cancellationToken)
    {
        if (context.Value(Yes) || context.Json || !context.Host.IsInteractive || !context.Host.IsTerminal)
        {
            return;
        }

        await context.Host.Error.WriteAsync($"{question}? [y/N] ");
        await context.Host.Error.FlushAsync(cancellationToken);
        string answer = (await context.Host.In.ReadLineAsync(cancellationToken) ?? "").Trim();
        if (!answer.Equals("y", StringComparison.OrdinalIgnoreCase) && !answer.Equals("yes", StringComparison.OrdinalIgnoreCase))
        {
            throw (ErrorCode.BadRequest with { Advice = "`--yes` answers in advance." }).With("Nothing was changed.").ToException();
        }
    }
}
