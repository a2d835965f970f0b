using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>What is typed above the list of datasets: <c>GET /datasets?q=</c>.</summary>
public sealed class DatasetFilterTests(DatasetFilterTests.Shelf shelf) : IClassFixture<DatasetFilterTests.Shelf>
{
    [Theory]
    [InlineData("scan", "scan-cold scan-warm")]
    [InlineData("an-co", "scan-cold")]
    [InlineData("the cold one", "scan-cold")]
    [InlineData("E COLD O", "scan-cold")]
    [InlineData("lyso", "scan-cold scan-warm")]
    [InlineData("lyso cold", "scan-cold")]
    [InlineData("\"the cold\"", "scan-cold")]
    [InlineData("\"energy>12keV\"", "notes")]
    [InlineData("type:mx", "scan-cold scan-warm")]
    [InlineData("type:generic", "notes scan-cold scan-warm")]
    [InlineData("TYPE:mx/rotation energy>12keV", "scan-cold")]
    [InlineData("energy<=12keV", "scan-warm")]
    [InlineData("wavelength!=1A", "scan-warm")]
    [InlineData("wavelength=\"0.1 nm\"", "scan-cold")]
    [InlineData("sample=\"hen lysozyme\"", "scan-warm")]
    [InlineData("type:mx warm", "scan-warm")]
    [InlineData("type:mx an-co", "scan-cold")]
    [InlineData("energy > 12 keV", "scan-cold")]
    [InlineData("type:cryoem", "")]
    [InlineData("nothing of the kind", "")]
    public async Task A_list_is_filtered_by_words_types_and_attributes(string query, string expected)
    {
        foreach (string order in (string[])["name", "newest"])
        {
            Answer found = (await shelf.Ada.GetAsync($"datasets?order={order}&q=" + Uri.EscapeDataString(query))).Must(200);
            Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), Slugs(found).Order(StringComparer.Ordinal));
        }

        Assert.Empty(Slugs((await shelf.Bob.GetAsync("datasets?q=" + Uri.EscapeDataString(query))).Must(200)));
    }

    [Theory]
    [InlineData("wavelenth<1", "did you mean 'wavelength'?")]
    [InlineData("energy>12kV", "'kV' is a unit of a voltage")]
    [InlineData("energy>12", "say the unit, such as energy>12eV")]
    [InlineData("energy>", "lacks a value")]
    [InlineData("> 12keV", "'>' compares nothing")]
    [InlineData("sample<5", "'<' compares numbers and times")]
    [InlineData("collected>yesterday", "a time such as")]
    [InlineData("type:", "which is no name of a type")]
    [InlineData("type:a type:b type:c type:d type:e type:f type:g type:h type:i type:j type:k type:l type:m type:n type:o type:p type:q", "at most 16")]
    public async Task What_cannot_be_compared_is_refused_with_what_to_write(string query, string why)
    {
        Answer refused = (await shelf.Ada.GetAsync("datasets?q=" + Uri.EscapeDataString(query))).MustRefuse(400, "bad-request");

        Assert.Contains(why, refused.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static async Task AddAsync(TestCaller caller, string name, string? title, string type, string metadata)
    {
        string id = (await caller.PostAsync("datasets", new { name, title, type })).Must(201).Json.GetProperty("id").GetString()!;
        (await caller.PutAsync($"datasets/{id}/metadata", metadata)).Must(204);
    }

    private static IEnumerable<string> Slugs(Answer answer) =>
        answer.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("slug").GetString()!);

    /// <summary>A server with what is looked for: questions change nothing, so that one is enough for all.</summary>
    public sealed class Shelf : IAsyncLifetime
    {
        private TestServer? _server;

        /// <summary>Has the datasets.</summary>
        internal TestCaller Ada { get; private set; } = null!;

        /// <summary>May see none of them.</summary>
        internal TestCaller Bob { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _server = await TestServer.StartAsync();
            Bob = await _server.UserAsync("bob");
            Ada = await _server.UserAsync("ada");
            await AddAsync(Ada, "scan-cold", "The cold one", "mx/rotation", """{"sample": "lysozyme", "wavelength": "1 Å", "energy": "12.4 keV"}""");
            await AddAsync(Ada, "scan-warm", null, "mx/rotation", """{"sample": "Hen lysozyme", "wavelength": 1.2, "energy": "10.3 keV"}""");
            await AddAsync(Ada, "notes", null, "generic", """{"remark": "we want energy>12keV next time"}""");
        }

        public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
