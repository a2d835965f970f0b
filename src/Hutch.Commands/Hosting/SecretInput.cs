namespace Hutch.Commands.Hosting;

/// <summary>Reads a secret from standard input: a line of a file or pipe, or hidden input at a terminal.</summary>
internal static class SecretInput
{
    internal static async Task<string?> ReadAsync(CliHost host, string prompt, CancellationToken ct)
    {
        if (!host.IsInteractive)
        {
            return (await host.In.ReadLineAsync(ct))?.Trim() is { Length: > 0 } line ? line : null;
        }

        await host.Error.WriteAsync(prompt + ": ");
        await host.Error.FlushAsync(ct);
        return ReadHidden(host).Trim() is { Length: > 0 } typed ? typed : null;
    }

    private static string ReadHidden(CliHost host)
    {
        var text = new StringBuilder();
        for (ConsoleKeyInfo key; (key = Console.ReadKey(intercept: true)).Key != ConsoleKey.Enter;)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                text.Length = Math.Max(0, text.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                text.Append(key.KeyChar);
            }
        }

        host.Error.WriteLine();
        return text.ToString();
    }
}
