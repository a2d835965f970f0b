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

    private static WorkFile File(int number) =>
        new($"frame {number}.cbf", $"https://data.example.org/{number}", 1, "chemical/x-cif", BlobHash.Compute("one"u8));
}
