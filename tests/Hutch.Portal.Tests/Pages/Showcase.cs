using System.Text;
using System.Text.Json;
using Hutch.Portal.Tests.Support;

namespace Hutch.Portal.Tests.Pages;

/// <summary>A site with content on every page, shared by the tests that only read.</summary>
public sealed class Showcase : IAsyncLifetime
{
    private PortalSite? _site;

    internal PortalSite Site => _site ?? throw new InvalidOperationException("The site is not started.");

    /// <summary>A dataset with all kinds of files, hostile names, versions, metadata, grants, links and an invite.</summary>
    public string Lysozyme { get; private set; } = "";

    /// <summary>A closed dataset with derived ones.</summary>
    public string Closed { get; private set; } = "";

    /// <summary>An empty dataset.</summary>
    public string Empty { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _site = await PortalSite.StartAsync(siteName: "hutch");
        await Site.SetPasswordAsync("admin");
        await Site.UserAsync("bob");
        string ada = await Site.UserAsync("ada", "auditor");
        await Site.RequestAsync(HttpMethod.Post, "groups", new { name = "crystals" }, ada);
        await Site.RequestAsync(HttpMethod.Put, "groups/crystals/members/bob", new { manager = false }, ada);
        await MakeLysozymeAsync(Site.AdminToken);
        await MakeLineageAsync(Site.AdminToken);
        Empty = await Site.DatasetAsync("nothing-yet", Site.AdminToken);
        await Site.RequestAsync(HttpMethod.Patch, $"datasets/{Empty}", new { title = string.Concat(Enumerable.Repeat("A very long title that goes on ", 8)) });
        string gone = await Site.DatasetAsync("thrown-away", Site.AdminToken, ("a.txt", "a"));
        await Site.RequestAsync(HttpMethod.Delete, $"datasets/{gone}");
        string shared = await Site.DatasetAsync("from-ada", ada, ("a.txt", "a"));
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{shared}/grants/user:admin", new { right = "read" }, ada);
    }

    public async ValueTask DisposeAsync()
    {
        if (_site is not null)
        {
            await _site.DisposeAsync();
        }
    }

    private async Task MakeLysozymeAsync(string token)
    {
        var table = new StringBuilder("image,n_spots,d_min,intensity\n");
        for (int i = 1; i <= 400; i++)
        {
            table.Append(System.Globalization.CultureInfo.InvariantCulture, $"{i},{200 + (i * 37 % 91)},{1.4 + (i / 900.0):0.00},{10000 - (i * 13 % 700)}\n");
        }

        Lysozyme = await Site.DatasetAsync(
            "lysozyme",
            token,
            ("README.md", Readme),
            ("results.csv", table.ToString()),
            ("events.jsonl", "{\"time\":\"10:00\",\"what\":\"shutter opened\"}\n{\"time\":\"10:05\",\"what\":\"beam lost\",\"seconds\":12.5}\n"),
            ("notes/report.html", "<h1>A report</h1><script>document.body.innerHTML = 'ran'; top.stolen = 1</script><img src=x onerror=\"top.stolen = 2\"><form action=/api/v1/logout method=post><button>go</button></form>"),
            ("notes/<img src=x onerror=alert(1)>.txt", "markup in a name"),
            ("notes/\u202Egpj.exe", "a name that turns"),
            ("notes/" + new string('n', 240) + ".txt", "a long name"),
            ("notes/header.json", "{\"detector\":{\"pixels\":[4148,4362],\"name\":\"EIGER2\"},\"wavelength\":0.97934,\"comment\":null,\"armed\":true}"),
            ("notes/dump.raw", "\u007fRAW\0\0" + string.Concat(Enumerable.Repeat("0123456789abcdef", 400))),
            ("raw/000001.txt", "frame 1"),
            ("raw/000002.txt", "frame 2"));
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{Lysozyme}/entries/figures/rings.svg", new StringContent(Picture, Encoding.UTF8, "image/svg+xml"), token);
        await Site.RequestAsync(HttpMethod.Patch, $"datasets/{Lysozyme}", new { title = "Lysozyme at room temperature", type = "mx/rotation" }, token);
        await Site.RequestAsync(HttpMethod.Post, $"datasets/{Lysozyme}/snapshots", new { message = "First frames", tag = "first" }, token);
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{Lysozyme}/entries/notes.txt", new StringContent("more"), token);
        await Site.RequestAsync(HttpMethod.Post, $"datasets/{Lysozyme}/snapshots", new { message = "With notes" }, token);
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{Lysozyme}/metadata", new { sample = new { name = "lysozyme", temperature_K = 293 }, beamline = "MX1" }, token);
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{Lysozyme}/metadata", new { sample = new { name = "lysozyme", temperature_K = 293.5 }, beamline = "MX1", people = new[] { "Ada", "Bob" } }, token);
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{Lysozyme}/grants/user:ada", new { right = "read" }, token);
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{Lysozyme}/grants/group:crystals", new { right = "derive" }, token);
        await Site.RequestAsync(HttpMethod.Post, $"datasets/{Lysozyme}/links", new { right = "read", expiresIn = 86400 }, token);
        await Site.RequestAsync(HttpMethod.Post, $"datasets/{Lysozyme}/invites", new { right = "read", expiresIn = 86400, uses = 5, email = "carol@example.org" }, token);
    }

    private async Task MakeLineageAsync(string token)
    {
        Closed = await Site.DatasetAsync("insulin", token, ("a.txt", "a"));
        await Site.RequestAsync(HttpMethod.Post, $"datasets/{Closed}/close", new { message = "As measured" }, token);
        JsonElement derived = await Site.RequestAsync(HttpMethod.Post, "datasets", new { name = "insulin-solved", parents = new[] { new { dataset = Closed } }, copy = true }, token);
        string child = derived.GetProperty("id").GetString()!;
        await Site.RequestAsync(HttpMethod.Post, $"datasets/{child}/close", new { message = "Solved" }, token);
        await Site.RequestAsync(HttpMethod.Post, "datasets", new { name = "insulin-refined", parents = new[] { new { dataset = child } }, copy = true }, token);
        await Site.RequestAsync(HttpMethod.Post, "datasets", new { name = "insulin-again", parents = new[] { new { dataset = Closed } }, copy = false }, token);
    }

    private const string Picture =
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 240 120'><rect width='240' height='120' fill='#e6f5f7'/>"
        + "<g fill='none' stroke='#066a7c' stroke-width='3'><circle cx='120' cy='60' r='18'/><circle cx='120' cy='60' r='34'/><circle cx='120' cy='60' r='50'/></g></svg>";

    private const string Readme =
        """
        # Lysozyme, room temperature

        Diffraction of **lysozyme** crystals, *P4₃2₁2*, measured at 293 K.

        | run | frames | oscillation |
        |---|---|---|
        | 1 | 3 600 | 0.1° |
        | 2 | 1 800 | 0.2° |

        ![rings](figures/rings.svg)

        Raw frames are in `raw/`. <script>top.stolen = 3</script> [a link](javascript:alert(1))
        """;
}
