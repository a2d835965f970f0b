using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Hutch.Portal.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>Tables of any length: sorted, searched, plotted, in a worker under the policy of the page.</summary>
public sealed class TableTests(Browser browser) : Journey(browser)
{
    [Fact]
    public async Task A_long_table_is_sorted_searched_and_plotted()
    {
        const int Rows = 300_000;
        var csv = new StringBuilder("image,spots,sample\n");
        for (int i = 0; i < Rows; i++)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{i + 1},{(i * 7919L) % 100_003},\"lysozyme, {i % 9}\"\n");
        }

        string id = await FileAsync("spots.csv", Encoding.UTF8.GetBytes(csv.ToString()));
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/files/spots.csv");
        await Expect(page.GetByTestId("table-count")).ToHaveTextAsync(new Regex(@"^300\s000 rows$"));
        await Expect(First(page)).ToContainTextAsync("lysozyme, 0");

        // So many rows are higher than what a browser draws: one scroll bar leads to all of them.
        ILocator table = page.GetByRole(AriaRole.Table, new() { Name = "Content as a table" });
        await table.EvaluateAsync("table => { table.scrollTop = table.scrollHeight; }");
        await Expect(page.Locator($"[role=row][aria-rowindex='{Rows + 1}']")).ToContainTextAsync($"lysozyme, {(Rows - 1) % 9}");
        await page.GetByRole(AriaRole.Button, new() { Name = "spots" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "spots" }).ClickAsync();
        await Expect(First(page)).ToContainTextAsync("100002");
        await page.GetByLabel("Contains, or compares").FillAsync(">= 299990");

        await Expect(page.GetByTestId("table-count")).ToHaveTextAsync(new Regex(@"^11 of 300\s000 rows$"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Plot columns" }).ClickAsync();
        await Expect(page.GetByTestId("table-plot")).ToHaveAttributeAsync("data-points", "11");
        await page.PictureAsync("table-long");
        await page.MustBeAccessibleAsync();
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_parquet_file_is_a_table_and_a_STAR_file_several()
    {
        string id = await FileAsync("rows.parquet", await ParquetAsync());
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/files/rows.parquet");
        await Expect(page.GetByTestId("table-count")).ToHaveTextAsync("500 rows");
        await Expect(First(page)).ToHaveTextAsync("1s000");
        await page.GetByRole(AriaRole.Button, new() { Name = "ratio" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "ratio" }).ClickAsync();

        await Expect(First(page)).ToHaveTextAsync(new Regex("^500s2.*124.75$"));
        await page.PictureAsync("table-parquet");

        const string star = "data_optics\n\nloop_\n_rlnVoltage #1\n_rlnOpticsGroup #2\n 300.0 1\n\ndata_particles\n\nloop_\n_rlnCoordinateX #1\n"
            + "_rlnMicrographName #2\n 10.5 a.mrc\n 20.5 b.mrc\n 30.5\n";
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/entries/particles.star", new ByteArrayContent(Encoding.UTF8.GetBytes(star)), Token);
        await page.GotoAsync($"/datasets/{id}/files/particles.star");
        await Expect(First(page)).ToHaveTextAsync("1300.01");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Table of the file" }).ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = "particles" }).ClickAsync();

        await Expect(page.GetByTestId("table-count")).ToHaveTextAsync("2 rows");
        await Expect(page.GetByTestId("table-remark")).ToContainTextAsync("Line 15: 30.5");
        await Expect(page).ToHaveURLAsync(new Regex("table=2"));
        await page.PictureAsync("table-star");
        Assert.Empty(errors);
    }

    [Theory]
    [InlineData("cut.parquet", "This is not a Parquet file, or its end is missing.")]
    [InlineData("lies.parquet", "This Parquet file is damaged: its metadata is too long.")]
    [InlineData("garbage.parquet", "The metadata of this Parquet file cannot be read")]
    [InlineData("endless.csv", "The first line of this file is too long for a table.")]
    [InlineData("words.jsonl", "The lines of this file are not JSON.")]
    public async Task An_invalid_table_file_is_reported_and_shown_in_another_form(string name, string words)
    {
        byte[] parquet = await ParquetAsync();
        byte[] file = name switch
        {
            "cut.parquet" => parquet[..^9],
            "lies.parquet" => [.. parquet[..^8], 0xff, 0xff, 0xff, 0x7f, .. "PAR1"u8],
            "garbage.parquet" => [.. Enumerable.Repeat((byte)0xfe, 400), 200, 0, 0, 0, .. "PAR1"u8],
            "endless.csv" => [.. Enumerable.Repeat((byte)'x', 65 << 20)],
            _ => "no JSON\n"u8.ToArray(),
        };
        string id = await FileAsync(name, file);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/files/{name}");

        await Expect(page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Alert).Filter(new() { HasText = words })).ToBeVisibleAsync();
        await Expect(page.Locator("pre").First).ToBeVisibleAsync();
        Assert.Empty(errors);
    }

    [Theory]
    [InlineData(nameof(HostileParquet.LongRun), "10 rows")]
    [InlineData(nameof(HostileParquet.ManyValues), "it says that it has more values than a browser should hold")]
    [InlineData(nameof(HostileParquet.ManyPages), "1 000 000 rows")]
    [InlineData(nameof(HostileParquet.GrowingValues), "it says that it has more values than a browser should hold")]
    [InlineData(nameof(HostileParquet.PackedMore), "25 rows")]
    [InlineData(nameof(HostileParquet.PackedOften), "it unpacks to more than a browser should hold")]
    [InlineData(nameof(HostileParquet.BrotliOfMore), "a page unpacks to more than it says")]
    [InlineData(nameof(HostileParquet.GzipOfMore), "a page unpacks to more than it says")]
    [InlineData(nameof(HostileParquet.Lz4OfMore), "a page unpacks to more than it says")]
    [InlineData(nameof(HostileParquet.SnappyOfMore), "a page unpacks to more than it says")]
    [InlineData(nameof(HostileParquet.DeepIndices), "10 rows")]
    [InlineData(nameof(HostileParquet.ManyColumns), "These are the first 2 000 of 200 000 columns.")]
    [InlineData(nameof(HostileParquet.ManyGroups), "500 000 000 rows")]
    public async Task A_parquet_file_that_would_fill_all_memory_takes_none(string bomb, string words)
    {
        byte[] file = (byte[])typeof(HostileParquet).GetMethod(bomb)!.Invoke(null, null)!;
        string id = await FileAsync("bomb.parquet", file);
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();

        await page.GotoAsync($"/datasets/{id}/files/bomb.parquet");

        var spaced = new Regex(Regex.Escape(words).Replace("\\ ", "\\s", StringComparison.Ordinal));
        await Expect(page.GetByRole(AriaRole.Main).GetByText(spaced).First).ToBeVisibleAsync(new() { Timeout = 180_000 });
        await page.PictureAsync("parquet-" + bomb);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Of_a_table_of_thousands_of_columns_those_in_view_are_drawn()
    {
        const int Columns = 1900, Rows = 400;
        var csv = new StringBuilder(string.Join(',', Enumerable.Range(0, Columns).Select(column => $"pixel {column}"))).Append('\n');
        for (int row = 0; row < Rows; row++)
        {
            csv.AppendJoin(',', Enumerable.Range(0, Columns).Select(column => (row * 10_000) + column)).Append('\n');
        }

        string id = await FileAsync("wide.csv", Encoding.UTF8.GetBytes(csv.ToString()));
        IPage page = await OpenAsync();
        List<string> errors = page.Listen();
        await page.GotoAsync($"/datasets/{id}/files/wide.csv");
        await Expect(First(page)).ToContainTextAsync("0");
        ILocator table = page.GetByRole(AriaRole.Table, new() { Name = "Content as a table" });

        Assert.InRange(await table.GetByRole(AriaRole.Cell).CountAsync(), 50, 1500);
        await table.EvaluateAsync("table => { table.scrollLeft = table.scrollWidth; }");
        ILocator last = table.GetByRole(AriaRole.Columnheader, new() { Name = "pixel 1899" });
        await Expect(last).ToBeInViewportAsync();
        await Expect(First(page).Locator("[aria-colindex='1901']")).ToHaveTextAsync("1899");
        await Expect(First(page).GetByRole(AriaRole.Rowheader)).ToBeInViewportAsync();
        await last.GetByRole(AriaRole.Button).ClickAsync();
        await last.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(First(page).Locator("[aria-colindex='1901']")).ToHaveTextAsync("3991899");
        await Expect(First(page).GetByRole(AriaRole.Rowheader)).ToHaveTextAsync("400");
        await page.PictureAsync("table-wide");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.PictureAsync("table-wide-dark");
        await page.MustBeAccessibleAsync();
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_table_that_keeps_its_reader_busy_is_ended_with_words()
    {
        string id = await FileAsync("a.csv", "a,b\n1,2\n"u8.ToArray());
        IPage page = await OpenAsync();
        await page.Clock.InstallAsync();
        await page.RouteAsync(new Regex("/assets/worker-[^/]*\\.js$"), route => route.FulfillAsync(new()
        {
            ContentType = "text/javascript",
            Body = "self.onmessage = ({ data }) => { if (data === 'hutch-ping') self.postMessage('hutch-pong'); else for (;;); };",
        }));

        await page.GotoAsync($"/datasets/{id}/files/a.csv");
        await Expect(page.GetByRole(AriaRole.Status, new() { Name = "Loading the table" })).ToBeAttachedAsync();
        ILocator words = page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Alert)
            .Filter(new() { HasText = "takes longer than 30 seconds" });
        for (int wait = 0; wait < 5 && await words.CountAsync() == 0; wait++)
        {
            await page.Clock.RunForAsync(35_000);
        }

        await Expect(words).ToBeVisibleAsync();
        await Expect(page.Locator("pre").First).ToContainTextAsync("1,2");
    }

    private static Task<byte[]> ParquetAsync() =>
        File.ReadAllBytesAsync(Path.Combine(Repository.Root, "tests", "data", "rows.parquet"), TestContext.Current.CancellationToken);

    /// <summary>The first row below the names of the columns.</summary>
    private static ILocator First(IPage page) => page.Locator("[role=row][aria-rowindex='2']");

    private async Task<string> FileAsync(string name, byte[] bytes)
    {
        string id = await DatasetAsync("tables");
        await Site.RequestAsync(HttpMethod.Put, $"datasets/{id}/entries/{name}", new ByteArrayContent(bytes), Token);
        return id;
    }
}
