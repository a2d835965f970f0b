using System.Text.Json;
using System.Text.RegularExpressions;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>The sites of a zone, and where a dataset is: with two real sites.</summary>
public sealed class SitesTests(Browser browser)
{
    private const string Copying = """
        title: Copy of a file
        version: "1"
        image: ada/tools@1
        command: [sh, -c, 'cat "$1/a" > "$2/a"', sh, "{input}", "{output}"]
        """;

    // Results whose inputs two sites hold, and which were computed again.
    private const string Proved = """
        set -e
        mkdir -p scan tools/etc tools/sys tools/usr/bin && ln -s usr/bin tools/bin
        seq 1000 > scan/a
        for program in sh cat; do cp -L "$(command -v $program)" tools/usr/bin; done
        for library in $(ldd tools/usr/bin/* | grep -oE '\s/[^ ]+' | sort -u); do mkdir -p "tools$(dirname $library)"; cp -L $library "tools$library"; done
        for name in scan tools; do
            hutch init --name $name $name
            (cd $name && hutch push)
            hutch close $name
            hutch replicate $name --to archive
            until hutch replicate $name --json | jq -e '.items[] | select(.state == "complete")'; do sleep 0.5; done
            hutch evict $name --keep
        done
        hutch program run copy scan --output copied --watch
        hutch close copied
        run=$(hutch runs list copied --json | jq -r .id)
        hutch rerun $run
        hutch delete copied-rerun
        for name in scan tools; do until hutch evict $name --keep --json | jq -e '.state == "held"'; do sleep 0.5; done; done
        hutch info copied --json | jq -rj .id > id
        """;

    [Fact]
    public async Task Sites_rules_and_copies_are_seen_and_a_copy_is_asked_for()
    {
        await using PortalSite zone = await PortalSite.StartAsync(siteName: "facility");
        await using PortalSite archive = await PortalSite.StartAsync(siteName: "new");
        string token = await zone.UserAsync("ada");
        JsonElement invite = await zone.RequestAsync(
            HttpMethod.Post, "sites", new { name = "archive", labels = new Dictionary<string, string> { ["tier"] = "archive" } });
        await archive.RequestAsync(HttpMethod.Post, "sites/join", new { token = invite.GetProperty("token").GetString() });
        await zone.RequestAsync(HttpMethod.Post, "sites", new { name = "compute" });
        string id = await zone.DatasetAsync("lysozyme", token, ("notes.txt", "4 crystals"));
        string other = await zone.DatasetAsync("insulin", token, ("header", "{}"));
        await zone.RequestAsync(HttpMethod.Post, $"datasets/{id}/rules", new { rule = "1 copy where tier=archive" }, token);
        await zone.RequestAsync(HttpMethod.Post, $"datasets/{id}/rules", new { rule = "1 copy where country=CZ" }, token);
        await using IBrowserContext hers = await zone.WindowAsync(browser, "ada");
        IPage page = await hers.NewPageAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}");
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Dataset" }).GetByRole(AriaRole.Link, new() { Name = "Settings" }).ClickAsync();
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Dataset" }).GetByRole(AriaRole.Link, new() { Name = "Sites" }).ClickAsync();
        ILocator copies = page.GetByRole(AriaRole.Table, new() { Name = "Copies" }).GetByRole(AriaRole.Row);
        await Expect(copies.Nth(1)).ToContainTextAsync("complete");
        await Expect(copies.Nth(1)).ToContainTextAsync("archive");
        ILocator rules = page.GetByRole(AriaRole.Table, new() { Name = "Rules" }).GetByRole(AriaRole.Row);
        await Expect(rules.Filter(new() { HasText = "tier=archive" })).ToContainTextAsync("fulfilled");
        await Expect(rules.Filter(new() { HasText = "country=CZ" })).ToContainTextAsync("impossible");
        await page.PictureAsync("dataset-sites");
        await page.MustBeAccessibleAsync();
        // What was asked for by hand can be taken back, and is for the rules then.
        await page.GetByLabel("Add a copy").SelectOptionAsync("archive");
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy", Exact = true }).ClickAsync();
        await Expect(copies.Nth(1)).ToContainTextAsync("It was asked for by ada.");
        ILocator takeBack = page.GetByRole(AriaRole.Button, new() { Name = "Cancel the copy at archive" });
        await takeBack.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Cancel copy", Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(takeBack).ToHaveCountAsync(0);
        await Expect(copies.Nth(1)).ToContainTextAsync("took that back");

        // A pin is a rule with an end. Again, for longer, it takes the place of the one before.
        ILocator pins = rules.Filter(new() { HasText = "1 copy where site=archive" });
        await page.GetByLabel("Pin a copy at a site").SelectOptionAsync("archive");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pin", Exact = true }).ClickAsync();
        await Expect(pins).ToContainTextAsync("fulfilled");
        await Expect(page.GetByText("Pinned at archive.")).ToBeVisibleAsync();
        await page.GetByLabel("Pin a copy at a site").SelectOptionAsync("archive");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "For" }).SelectOptionAsync("30 days");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pin", Exact = true }).ClickAsync();
        await Expect(pins.GetByRole(AriaRole.Button, new() { Name = "End rule 4" })).ToBeVisibleAsync();
        await Expect(pins).ToHaveCountAsync(1);
        await page.PictureAsync("dataset-sites-pinned");
        await page.MustBeAccessibleAsync();
        await pins.GetByRole(AriaRole.Button, new() { Name = "End rule 4" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "End pin" }).ClickAsync();
        await Expect(pins).ToHaveCountAsync(0);

        // Of a dataset that is only here its first copy is asked for in the same place.
        // With frames, rights and sites, it has every tab that there is.
        await page.GotoAsync($"/datasets/{other}");
        await Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Dataset" }).GetByRole(AriaRole.Link))
            .ToHaveTextAsync(["Files", "Frames", "Metadata", "Analysis", "History", "Access & publish", "Settings"]);
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Dataset" }).GetByRole(AriaRole.Link, new() { Name = "Settings" }).ClickAsync();
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Dataset" }).GetByRole(AriaRole.Link, new() { Name = "Sites" }).ClickAsync();
        await page.GetByLabel("Add a copy").SelectOptionAsync("archive");
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy", Exact = true }).ClickAsync();
        await Expect(copies.Nth(1)).ToContainTextAsync("It was asked for by ada.");

        // The page of a visit counts the copied datasets, and marks only those that another site has read and signed.
        await zone.RequestAsync(
            HttpMethod.Post, "visits",
            new
            {
                name = "cm6-1",
                proposal = "cm6",
                begin = "2026-01-01T09:00:00Z",
                end = "2090-01-04T09:00:00Z",
                people = new object[] { new { user = "ada", role = "principal-investigator" } },
            });
        string scan = await zone.DatasetAsync("cm6-1/scan", token, ("notes.txt", "crystal"));
        await zone.DatasetAsync("cm6-1/test", token, ("notes.txt", "none"));
        await zone.RequestAsync(HttpMethod.Post, $"datasets/{scan}/close", new { }, token);
        await zone.RequestAsync(HttpMethod.Post, $"datasets/{scan}/copies", new { site = "archive" }, token);
        await page.GotoAsync($"/datasets/{scan}/sites");
        await Expect(copies.Nth(1)).ToContainTextAsync("complete");
        await page.GotoAsync("/visits/cm6-1");
        await Expect(page.GetByText("1 of 2 datasets")).ToBeVisibleAsync();
        await Expect(page.GetByText("held elsewhere")).ToHaveCountAsync(0);
        await zone.RequestAsync(HttpMethod.Post, $"datasets/{scan}/eviction", new { holders = 1, keep = true }, token);
        await page.GotoAsync($"/datasets/{scan}/sites");
        await Expect(page.GetByText("Its files are at the home, and held by archive")).ToBeVisibleAsync();
        await page.GotoAsync("/visits/cm6-1");
        await Expect(page.GetByText("held elsewhere")).ToHaveCountAsync(1);

        // A user with the right to read a dataset at a single site sees no page about sites.
        await zone.UserAsync("ben");
        string third = await zone.DatasetAsync("trypsin", token);
        await zone.RequestAsync(HttpMethod.Put, $"datasets/{third}/grants/user:ben", new { right = "read" }, token);
        await using IBrowserContext his = await zone.WindowAsync(browser, "ben");
        IPage reader = await his.NewPageAsync();
        await reader.GotoAsync($"/datasets/{third}");
        await Expect(reader.GetByRole(AriaRole.Link, new() { Name = "History" })).ToBeVisibleAsync();
        await Expect(reader.GetByRole(AriaRole.Link, new() { Name = "Sites", Exact = true })).ToHaveCountAsync(0);

        await using IBrowserContext operators = await zone.WindowAsync(browser, "admin");
        IPage admin = await operators.NewPageAsync();
        await admin.GotoAsync("/admin/sites");
        ILocator sites = admin.GetByRole(AriaRole.Table, new() { Name = "Sites" }).GetByRole(AriaRole.Row);
        await Expect(sites.Filter(new() { HasText = "archive" })).ToContainTextAsync("connected");
        await Expect(sites.Filter(new() { HasText = "archive" })).ToContainTextAsync("tier=archive");
        await Expect(sites.Filter(new() { HasText = "compute" })).ToContainTextAsync("invited");
        await Expect(admin.GetByRole(AriaRole.Table, new() { Name = "Rules" })).ToContainTextAsync("1 copy where country=CZ");
        ILocator traffic = admin.GetByRole(AriaRole.Table, new() { Name = "Traffic" }).GetByRole(AriaRole.Row);
        await Expect(traffic.Nth(1)).ToHaveTextAsync(new Regex("^facilityarchive.*/s.*/s"));
        await Expect(traffic.Nth(2)).ToHaveTextAsync(new Regex("^archivefacility.*/s.*/s"));
        await admin.PictureAsync("admin-sites");
        await admin.MustBeAccessibleAsync();
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_manager_sees_which_files_a_copy_lacks()
    {
        await using PortalSite zone = await PortalSite.StartAsync(siteName: "facility");
        await using PortalSite archive = await PortalSite.StartAsync(siteName: "new");
        string token = await zone.UserAsync("ada");
        JsonElement invite = await zone.RequestAsync(HttpMethod.Post, "sites", new { name = "archive" });
        await archive.RequestAsync(HttpMethod.Post, "sites/join", new { token = invite.GetProperty("token").GetString() });
        string id = await zone.DatasetAsync("lysozyme", token, ("notes.txt", "4 crystals"), ("raw/frame.txt", "changed on the disk"));
        Damage(Path.Combine(zone.DataFolder, "segments"), "changed on the disk"u8);
        await zone.RequestAsync(HttpMethod.Post, $"datasets/{id}/copies", new { site = "archive" }, token);
        await using IBrowserContext hers = await zone.WindowAsync(browser, "ada");
        IPage page = await hers.NewPageAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/sites");

        ILocator copy = page.GetByRole(AriaRole.Table, new() { Name = "Copies" }).GetByRole(AriaRole.Row).Nth(1);
        await Expect(copy).ToContainTextAsync("1 of its 2 files cannot be had");
        ILocator lacked = page.GetByRole(AriaRole.List, new() { Name = "Files that archive lacks" }).GetByRole(AriaRole.Listitem);
        await Expect(lacked).ToHaveTextAsync(new Regex("^raw/frame.txt.*damaged"));
        await page.MustBeAccessibleAsync();

        // While the copy is tried again, it has not failed.
        ILocator failed = page.GetByRole(AriaRole.Region, new() { Name = "To do" })
            .Filter(new() { HasText = "ada/lysozyme: the copy at archive failed" });
        do
        {
            await page.GotoAsync("/");
            await Expect(page.GetByRole(AriaRole.List, new() { Name = "Recently opened" })).ToBeVisibleAsync();
        }
        while (!await IsShownAsync(failed));
        Assert.Empty(errors);

        static async Task<bool> IsShownAsync(ILocator locator)
        {
            try
            {
                await Expect(locator).ToBeVisibleAsync(new() { Timeout = 3000 });
                return true;
            }
            catch (PlaywrightException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Results_that_a_program_computes_again_are_evicted_and_brought_back_by_buttons()
    {
        string programs = Directory.CreateTempSubdirectory("hutch-programs-").FullName;
        await File.WriteAllTextAsync(Path.Combine(programs, "copy.yaml"), Copying, TestContext.Current.CancellationToken);
        await using PortalSite zone = await PortalSite.StartAsync(siteName: "facility", programs: programs);
        await using PortalSite archive = await PortalSite.StartAsync(siteName: "new");
        string token = await zone.UserAsync("ada");
        JsonElement invite = await zone.RequestAsync(HttpMethod.Post, "sites", new { name = "archive" });
        await archive.RequestAsync(HttpMethod.Post, "sites/join", new { token = invite.GetProperty("token").GetString() });
        using var shell = new CommandLine();
        await shell.PasteAsync($"export HUTCH_REMOTE={zone.Address}\n{Proved}", "work", token);
        await using IBrowserContext hers = await zone.WindowAsync(browser, "ada");
        IPage page = await hers.NewPageAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{await File.ReadAllTextAsync(shell.PathOf("work/id"), TestContext.Current.CancellationToken)}/sites");
        await page.GetByRole(AriaRole.Button, new() { Name = "Evict" }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Evict the files of these results?" });
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Evict" }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("No rule such as");
        errors.Clear(); // the browser names the refusal
        await page.PictureAsync("dataset-evict-refused");
        await page.MustBeAccessibleAsync();
        await shell.PasteAsync(
            $"export HUTCH_REMOTE={zone.Address}\nhutch rule add '1 copy | reproducible where site=facility' --dataset copied", "work", token);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Evict" }).ClickAsync();
        await Expect(page.GetByText("Its files were evicted.")).ToBeVisibleAsync();
        await page.MustBeAccessibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Bring back" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "A run computes the files again." })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Evict" })).ToBeVisibleAsync();
        await shell.PasteAsync($"export HUTCH_REMOTE={zone.Address}\nhutch clone --quiet copied back && cmp back/a scan/a", "work", token);
        Assert.Empty(errors);
        Directory.Delete(programs, recursive: true);
    }

    /// <summary>Changes a byte on the disk of a server that runs.</summary>
    private static void Damage(string segments, ReadOnlySpan<byte> pattern)
    {
        foreach (string path in Directory.EnumerateFiles(segments))
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            int at = bytes.AsSpan().IndexOf(pattern);
            if (at >= 0)
            {
                file.Position = at;
                file.WriteByte((byte)'C');
                return;
            }
        }

        Assert.Fail("No segment has the bytes.");
    }

    [Fact]
    public async Task An_administrator_sees_what_a_site_that_is_away_has_not_copied_and_not_purged_yet()
    {
        await using PortalSite zone = await PortalSite.StartAsync(siteName: "facility");
        await using (PortalSite archive = await PortalSite.StartAsync(siteName: "new"))
        {
            JsonElement invite = await zone.RequestAsync(HttpMethod.Post, "sites", new { name = "archive" });
            await archive.RequestAsync(HttpMethod.Post, "sites/join", new { token = invite.GetProperty("token").GetString() });
        }

        string id = await zone.DatasetAsync("personal", zone.AdminToken, ("notes.txt", "4 crystals"));
        string wanted = await zone.DatasetAsync("wanted", zone.AdminToken, ("notes.txt", "4 crystals"));
        await zone.RequestAsync(HttpMethod.Post, $"datasets/{wanted}/copies", new { site = "archive" });
        await zone.RequestAsync(HttpMethod.Post, "purges", new { dataset = id, reason = "consent withdrawn" });
        await using IBrowserContext operators = await zone.WindowAsync(browser, "admin");
        IPage page = await operators.NewPageAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync("/admin/sites");

        ILocator purge = page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "Purges that are not done at every site" });
        await Expect(purge).ToContainTextAsync(new Regex("waiting for .*archive"));
        ILocator comes = page.GetByRole(AriaRole.Table, new() { Name = "Transfers" }).GetByRole(AriaRole.Row);
        await Expect(comes.Nth(1)).ToHaveTextAsync(new Regex("^admin/wanted.*facility.*archive.*pending"));
        await page.PictureAsync("admin-sites-purge");
        await page.MustBeAccessibleAsync();
        Assert.Empty(errors);
    }
}
