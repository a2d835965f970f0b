using System.Text.RegularExpressions;
using Hutch.Objects.S3;

namespace Hutch.Commands.Hosting;

/// <summary>
/// Takes S3 keys out of the command line before anything reads it: no message, log, or program started from here can have them.
/// </summary>
internal static partial class SecretArguments
{
    /// <summary>The arguments without keys; the host with the last key that was among them.</summary>
    internal static (string[] Args, CliHost Host) TakeOut(string[] args, CliHost host)
    {
        string[] clean = args;
        for (int i = 0; i < args.Length; i++)
        {
            Match match = KeyPattern().Match(args[i]);
            if (!match.Success)
            {
                continue;
            }

            clean = ReferenceEquals(clean, args) ? [.. args] : clean;
            clean[i] = match.Groups["before"].Value + match.Groups["after"].Value;
            string[] parts = match.Groups["key"].Value.Split(':', 2);
            host = host with
            {
                S3Key = new S3Credentials(Uri.UnescapeDataString(parts[0]), parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : ""),
            };
            host.Conceal(match.Groups["key"].Value);
        }

        return (clean, host);
    }

    // Secrets may have slashes in them, names of hosts and buckets no at sign.
    [GeneratedRegex("^(?<before>.*?s3(\\+https?)?://)(?<key>.*)@(?<after>.*)$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex KeyPattern();
}
