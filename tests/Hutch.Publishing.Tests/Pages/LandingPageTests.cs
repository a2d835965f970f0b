using System.Text;
using Hutch.Model;
using Hutch.Publishing.Links;
using Hutch.Publishing.Pages;
using Hutch.Publishing.Works;

namespace Hutch.Publishing.Tests.Pages;

public sealed class LandingPageTests
{
    [Fact]
    public void The_policy_allows_the_style_of_the_page_and_nothing_else()
    {
        string page = Encoding.UTF8.GetString(LandingPage.Write(Sample.Work));

        string style = page.Split("<style>")[1].Split("</style>")[0];
        string hash = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        Assert.Equal($"default-src 'none'; style-src 'sha256-{hash}'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", PageStyle.Policy);
        Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_work_with_more_files_than_a_page_takes_leads_to_the_list_and_the_archive()
    {
        PublishedWork large = Sample.Work with { Files = [.. Enumerable.Range(0, 1000).Select(File)], HasMoreFiles = true };

        string page = Encoding.UTF8.GetString(LandingPage.Write(large));
        string header = Signposting.Header(large);

        Assert.Contains("These are the first 200; the list has all.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("frame 200.cbf", page, StringComparison.Ordinal);
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(page, "\"DataDownload\""));
        Assert.DoesNotContain("rel=\"item\"", header, StringComparison.Ordinal);
        Assert.Equal(1000, Signposting.Write(large)["linkset"]![0]!["item"]!.AsArray().Count);
        Assert.InRange(header.Length, 1, 2800);
    }

    [Fact]
    public void The_page_lists_the_metadata_as_text_and_shows_the_logo_of_the_facility()
    {
        PublishedWork work = Sample.Work with
        {
            Facts = [new WorkFact("Wavelength", "0.97 Å"), .. Enumerable.Range(2, 60).Select(static n => new WorkFact($"Fact {n}", "<script>"))],
            Addresses = Sample.Work.Addresses with { Home = "https://data.example.org/", Logo = "https://data.example.org/publications/logo" },
        };

        string page = Encoding.UTF8.GetString(LandingPage.Write(work));

        Assert.Contains("<th scope=\"row\">Wavelength</th><td>0.97 Å</td>", page, StringComparison.Ordinal);
        Assert.Contains("These are the first 60; the portal has all.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<td><script>", page, StringComparison.Ordinal);
        Assert.Contains("<img src=\"https://data.example.org/publications/logo\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"logo\"", Encoding.UTF8.GetString(LandingPage.Write(Sample.Work)), StringComparison.Ordinal);
    }

    private static WorkFile File(int number) =>
        new($"frame {number}.cbf", $"https://data.example.org/{number}", 1, "chemical/x-cif", BlobHash.Compute("one"u8));
}
