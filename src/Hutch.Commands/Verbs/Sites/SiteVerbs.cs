using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Sites;

/// <summary>
/// <c>hutch site invite | join | return | list | show | label | portal | trust | accept | state | drain | check | remove</c>.
/// </summary>
internal static class SiteVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "site",
        "Manage the sites of a zone, or let a server join one.",
        new InviteVerb(host),
        new SiteJoinVerb(host),
        FullProgramVerb.Create(host, "site return"),
        new ListSitesVerb(host),
        new ShowVerb(host),
        new LabelVerb(host),
        new PortalVerb(host),
        new SiteTrustVerb(host),
        new SiteAcceptVerb(host),
        new SiteStateVerb(host),
        new SiteDrainVerb(host),
        new SiteCheckVerb(host),
        new RemoveVerb(host));

    private static Argument<string> SiteName() => new("site") { Description = "The name of the site." };

    private static string Labels(IReadOnlyDictionary<string, string> labels) =>
        string.Join(' ', labels.Select(static label => $"{label.Key}={label.Value}"));

    /// <summary>Reads <c>tier=archive</c>, each label once; an empty value takes the label away.</summary>
    private static Dictionary<string, string> ReadLabels(IEnumerable<string> texts)
    {
        Dictionary<string, string> labels = [];
        foreach (string text in texts)
        {
            if (text.Split('=', 2) is not [var key, var value])
            {
                throw ErrorCode.BadRequest.With($"{Display.Quote(text)} is not a label: use NAME=VALUE, such as tier=archive.")
                    .ToException();
            }

            if (!labels.TryAdd(key, value))
            {
                throw ErrorCode.BadRequest.With($"The label {Display.Quote(key)} is given twice, and a site has one value of it.")
                    .ToException();
            }
        }

        return labels;
    }

    private static string DescribeContact(ZoneSiteInfo site) => site switch
    {
        { State: "invited", Expires: { } end } => "until " + Human.Time(end),
        { Heard: { } at } => Human.Time(at),
        _ => "never",
    };

    private sealed class InviteVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "invite",
            "Invite a site to the zone (administrators). Prints the token with which it joins, once.",
            "hutch site invite archive --label tier=archive --label country=CZ",
            "hutch site invite compute --key SHA256:5F2C… --for 4h",
            "hutch site invite institute --accounts accounts.txt",
            "hutch site invite archive --again")
    {
        private readonly Argument<string> _site = verb.Add(SiteName());

        private readonly Option<string[]> _labels = verb.Add(new Option<string[]>("--label")
        {
            Description = "A label of the site, such as tier=archive; repeatable.",
            HelpName = "NAME=VALUE",
            AllowMultipleArgumentsPerToken = true,
        });

        private readonly Option<string?> _key = verb.Option<string?>(
            "--key SHA256:HEX",
            "The fingerprint of the site's key, as `hutch site show` prints it there. No other key can then use the token.");

        private readonly Option<TimeSpan?> _expires = verb.Add(new Option<TimeSpan?>("--for")
        {
            Description = "How long the token can be used, such as 4h or 7d (default: 1d).",
            HelpName = "TIME",
            CustomParser = Durations.Parse,
        });

        private readonly Option<string?> _accounts = verb.Add(SiteJoinVerb.AccountsOption(
            "The map of accounts of a server that has people or datasets: it may bring datasets for the accounts that this names."));
        private readonly Option<bool> _again = verb.Option<bool>(
            "--again",
            "For a site that the zone has, and that lost its accounts, its key or its machine: it comes back as the same "
            + "site, with `hutch site return`. Its earlier key is refused from then on.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string? accounts = await SiteJoinVerb.ReadMapAsync(context, _accounts, cancellationToken);
            InvitedSite invited = await context.Server.InviteSiteAsync(
                new InviteSite
                {
                    Name = context.Value(_site)!,
                    Labels = ReadLabels(context.Value(_labels) ?? []),
                    Key = context.Value(_key),
                    ExpiresIn = (long?)context.Value(_expires)?.TotalSeconds,
                    Accounts = accounts,
                    Again = context.Value(_again),
                },
                cancellationToken);
            context.Print(invited, HutchJson.Default.InvitedSite, invited.Token);
            string use = context.Value(_again) ? "On the machine of {0}, with its server stopped: `hutch site return < token.txt`."
                : accounts is null ? "At the server of {0}: `hutch site join < token.txt`."
                : "At the server of {0}: `hutch site join --accounts MAP < token.txt`.";
            context.WriteNote(
                $"Good once, until {Human.Time(invited.Expires)}, and not shown again. "
                + use.Replace("{0}", invited.Name, StringComparison.Ordinal));
            return ExitCode.Ok;
        }
    }

    private sealed class ListSitesVerb(VerbDeclaration verb)
        : Verb(
            verb, "list", "List the sites of the zone and open invites (operators and auditors).", "hutch site list",
            "hutch site list --json")
    {
        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            SiteList sites = await context.Server.GetSitesAsync(cancellationToken);
            if (context.Json)
            {
                context.PrintJson(sites, HutchJson.Default.SiteList);
                return ExitCode.Ok;
            }

            context.Write(sites.Here.Zone is null ? AtZone(sites.Items) : AtSite(sites.Items), "No other site has joined this zone.");
            context.WriteNote(sites.Here.Zone is { } zone
                ? $"{sites.Here.Name}, a site of the zone at {zone.Address}: {Connection(zone)}."
                : $"This server: {sites.Here.Name}, the main site of the zone"
                    + $"{(Labels(sites.Here.Labels) is { Length: > 0 } own ? $", {own}" : "")}"
                    + $"{(SiteTermsText.From(sites.Here.Intake, sites.Here.Accepts) is { Length: > 0 } takes ? $", {takes}" : "")}.");
            return ExitCode.Ok;
        }

        private static TextTable AtZone(IEnumerable<ZoneSiteInfo> sites)
        {
            var table = new TextTable("SITE", "STATE", "LABELS", "TAKES", "FREE", "HEARD", "RELEASE", "");
            foreach (ZoneSiteInfo site in sites)
            {
                table.Add(
                    site.Name, site.State, Labels(site.Labels), SiteTermsText.From(site.Intake, site.Accepts, site.Left),
                    site.FreeBytes is long free ? Display.Bytes(free) : "", DescribeContact(site),
                    site.Release ?? "", site.Problem ?? "");
            }

            return table;
        }

        /// <summary>A table without the state of the other sites, which only the zone knows.</summary>
        private static TextTable AtSite(IEnumerable<ZoneSiteInfo> sites)
        {
            var table = new TextTable("SITE", "LABELS", "TAKES");
            foreach (ZoneSiteInfo site in sites)
            {
                table.Add(site.Name, Labels(site.Labels), SiteTermsText.From(site.Intake, site.Accepts));
            }

            return table;
        }

        private static string Connection(JoinedZoneInfo zone) =>
            zone.Connected ? "connected" : $"disconnected. {zone.Problem ?? "Nothing was heard of it yet"}".TrimEnd('.');
    }

    private sealed class ShowVerb(VerbDeclaration verb)
        : Verb(
            verb, "show", "Show a site: its key, its address, its connection, its traffic with others (operators and auditors).",
            "hutch site show",
            "hutch site show archive")
    {
        private readonly Argument<string?> _site = verb.Argument<string?>(
            "site", "The name of the site (default: the server that you are logged in to).", ArgumentArity.ZeroOrOne);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            SiteList sites = await context.Server.GetSitesAsync(cancellationToken);
            string name = context.Value(_site) ?? sites.Here.Name;
            if (name == sites.Here.Name)
            {
                context.Print(
                    sites.Here, HutchJson.Default.ThisSite,
                    $"{sites.Here.Name}: {(Labels(sites.Here.Labels) is { Length: > 0 } own ? own : "no labels")}, key {sites.Here.Key}, "
                    + (SiteTermsText.From(sites.Here.Intake, sites.Here.Accepts) is { Length: > 0 } takes ? takes + ", " : "")
                    + (sites.Here.Address is { } address ? $"dialled at {address}" : "cannot be dialled: opens connections to the others")
                    + Traffic(sites.Here.Traffic));
                return ExitCode.Ok;
            }

            ZoneSiteInfo site = Find(sites, name);
            context.Print(
                site, HutchJson.Default.ZoneSiteInfo,
                $"{site.Name}: {site.State}, "
                + $"{(SiteTermsText.From(site.Intake, site.Accepts) is { Length: > 0 } terms ? terms + ", " : "")}"
                + $"{(Labels(site.Labels) is { Length: > 0 } labels ? labels : "no labels")}, "
                + $"key {site.Key ?? "of the site that uses the token"}{(site.Problem is { } problem ? ". " + problem : "")}"
                + Traffic(site.Traffic));
            return ExitCode.Ok;
        }

        private static string Traffic(IReadOnlyList<SiteTrafficInfo>? lines) => string.Concat((lines ?? []).Select(line =>
            $"\n  {line.Site}: {Rate(line.InPerSecond)} in, {Rate(line.OutPerSecond)} out; in the last day {Display.Bytes(line.InDay)} in, "
            + $"{Display.Bytes(line.OutDay)} out"));

        private static string Rate(double bytes) => Display.Bytes((long)bytes) + "/s";
    }

    private sealed class LabelVerb(VerbDeclaration verb)
        : Verb(
            verb, "label", "Set or remove labels of a site (administrators).",
            "hutch site label archive tier=archive country=CZ old=")
    {
        private readonly Argument<string> _site = verb.Add(SiteName());
        private readonly Argument<string[]> _labels = verb.Argument<string[]>(
            "label", "NAME=VALUE sets a label, NAME= removes it.", ArgumentArity.OneOrMore);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            Dictionary<string, string> changes = ReadLabels(context.Value(_labels)!);
            SiteList sites = await context.Server.GetSitesAsync(cancellationToken);
            string name = context.Value(_site)!;
            Dictionary<string, string> labels = new(name == sites.Here.Name ? sites.Here.Labels : Find(sites, name).Labels);
            foreach ((string key, string value) in changes)
            {
                if (value.Length == 0)
                {
                    labels.Remove(key);
                }
                else
                {
                    labels[key] = value;
                }
            }

            ZoneSiteInfo labelled = await context.Server.LabelSiteAsync(name, new LabelSite { Labels = labels }, cancellationToken);
            context.Print(
                labelled, HutchJson.Default.ZoneSiteInfo,
                $"{labelled.Name}: {(Labels(labelled.Labels) is { Length: > 0 } text ? text : "no labels")}");
            return ExitCode.Ok;
        }
    }

    private sealed class PortalVerb(VerbDeclaration verb)
        : Verb(
            verb, "portal", "Approve the address of a site, so that a login at the zone is also one there (administrators).",
            "hutch site portal archive https://archive.example.org --run-by 'University library'")
    {
        private readonly Argument<string> _site = verb.Add(SiteName());
        private readonly Argument<string?> _address = verb.Argument<string?>(
            "address",
            "The address in a browser, https://HOST or https://HOST:PORT; with --none, leave it out.",
            ArgumentArity.ZeroOrOne);
        private readonly Option<string?> _certificate = verb.Option<string?>(
            "--certificate SHA256:HEX",
            "The fingerprint of its certificate, as the site printed it at startup, if no authority vouches for it.");
        private readonly Option<string?> _runBy = verb.Option<string?>(
            "--run-by TEXT", "The operator of the site, for the page that asks for a login there.");
        private readonly Option<bool> _none = verb.Option<bool>("--none", "Withdraw the address: logins there end.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string? address = context.Value(_address);
            if (address is null != context.Value(_none))
            {
                throw ErrorCode.BadRequest.With("Give the address of the site, or --none.").ToException();
            }

            var portal = new SetSitePortal
            {
                Address = address,
                Certificate = context.Value(_certificate),
                RunBy = context.Value(_runBy),
            };
            ZoneSiteInfo site = await context.Server.SetSitePortalAsync(context.Value(_site)!, portal, cancellationToken);
            context.Print(
                site, HutchJson.Default.ZoneSiteInfo,
                site.Portal is null ? $"{site.Name} has no address for logins." : $"{site.Name}: people log in at {site.Portal}.");
            return ExitCode.Ok;
        }
    }

    private sealed class RemoveVerb(VerbDeclaration verb)
        : Verb(
            verb, "remove", "Remove a site from the zone, or withdraw its invite (administrators). Its key is refused from now on.",
            "hutch site remove compute")
    {
        private readonly Argument<string> _site = verb.Add(SiteName());
        private readonly Option<bool> _force = verb.Option<bool>(
            "--force", "Even if it has data that no other site has: it is lost, or its key was stolen.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            await context.Server.RemoveSiteAsync(context.Value(_site)!, context.Value(_force), cancellationToken);
            context.WriteDone($"Removed the site {context.Value(_site)}.");
            return ExitCode.Ok;
        }
    }

    private static ZoneSiteInfo Find(SiteList sites, string name) => sites.Items.FirstOrDefault(site => site.Name == name)
        ?? throw Model.Sites.SiteName.Unknown(name).ToException();
}
