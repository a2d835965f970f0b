using Hutch.Agent;
using Hutch.Federation;
using Hutch.S3;

namespace Hutch.Server;

/// <summary>The refusals of a start that need no data folder: found before anything is created, and by <c>hutch config check</c>.</summary>
public static class StartChecks
{
    private const int RestPort = 8470;

    /// <summary>Finds all problems of the configuration, a sentence each.</summary>
    public static IReadOnlyList<string> FindProblems(ServeOptions options)
    {
        Action[] checks =
        [
            () => RequireDoor(options),
            .. Listeners(options).Select(listener => (Action)(() => listener.Parse())),
            () => ZoneServices.RequireUrl(options.Zone),
            () => RequireAgent(options),
            () => TlsCertificates.RequireReadable(options),
        ];
        return [.. checks.Select(Try).OfType<string>().Distinct()];
    }

    /// <summary>Refuses addresses at which this machine cannot listen.</summary>
    /// <exception cref="HutchException">Another program uses one, or the machine does not have it.</exception>
    internal static void RequireFreeAddresses(ServeOptions options)
    {
        foreach (Listener listener in Listeners(options))
        {
            IPEndPoint address = listener.Parse();
            bool isKept = options.Sockets?.Has(address) == true;
            if (address.Port != 0 && !isKept && ListenAddress.Probe(address) is (string problem, string remedy))
            {
                throw (ErrorCode.BadConfiguration with { Advice = $"{remedy} {listener.Choice}" })
                    .With($"{listener.Name} cannot listen at {address}: {problem}. Nothing was created.").ToException();
            }
        }
    }

    internal static void RequireDoor(ServeOptions options)
    {
        if (options.HttpsAddress is null && options.HttpAddress == ServeOptions.Nowhere)
        {
            throw ErrorCode.BadConfiguration.With("The server has no address to listen on: 'http' is 'none' and 'https' is not set.")
                .ToException();
        }
    }

    /// <summary>Reads the operator's logo; refuses a file that cannot be read, is too large or is no picture.</summary>
    public static FacilityLogo RequireLogo(IDisk disk, string file)
    {
        try
        {
            return FacilityLogo.Parse(disk.ReadAllBytes(file, FacilityLogo.MaxBytes)).Value;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ErrorCode.BadConfiguration.With(
                $"The file of 'server.logo', {Display.Quote(file)}, cannot be read: {e.Message} A logo has at most "
                + $"{Display.Bytes(FacilityLogo.MaxBytes)}.").ToException();
        }
    }

    private static void RequireAgent(ServeOptions options)
    {
        if (options.Agent.Folders.Count > 0)
        {
            _ = AgentModule.RequirePortal(options.AgentPortal ?? options.Zone.PublicUrl);
            AgentModule.RequireMappings(LocalDisk.Instance, options.Agent);
        }
    }

    private static string? Try(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (HutchException e)
        {
            return e.Error.Message;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static IEnumerable<Listener> Listeners(ServeOptions options)
    {
        if (options.HttpAddress != ServeOptions.Nowhere)
        {
            yield return new("The server", "--http HOST:PORT", () => ListenAddress.Parse(options.HttpAddress, RestPort));
        }

        if (options.HttpsAddress is { } secure)
        {
            yield return new("The server", "--https HOST:PORT", () => ListenAddress.Parse(secure, RestPort));
        }

        if (options.S3 is { } s3 && !string.Equals(s3.Address, S3Options.Off, StringComparison.OrdinalIgnoreCase))
        {
            yield return new("S3", "--s3 HOST:PORT, or --s3 off", () => S3Module.ParseAddress(s3.Address));
            if (s3.Https is { } secureS3)
            {
                yield return new("S3", "--set s3.https=HOST:PORT", () => S3Module.ParseAddress(secureS3));
            }
        }

        if (options.Sites?.Listen is { } sites)
        {
            yield return new(
                "The door for other sites", "--set sites.listen=HOST:PORT", () => ListenAddress.Parse(sites, SitesOptions.UsualPort));
        }
    }

    private sealed record Listener(string Name, string Flag, Func<IPEndPoint> Parse)
    {
        internal string Choice => $"`hutch serve` takes {Flag}.";
    }
}
