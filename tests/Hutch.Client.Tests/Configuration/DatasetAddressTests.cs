using Hutch.Client.Configuration;

namespace Hutch.Client.Tests.Configuration;

public sealed class DatasetAddressTests
{
    private const string Id = "6f1c8f0e-2b4d-4c57-9a5e-0d6b7c3e91a4";

    [Theory]
    [InlineData("https://hutch.example.org/datasets/" + Id, "https://hutch.example.org")]
    [InlineData("https://hutch.example.org/data/datasets/" + Id + "/files/run1?at=3#top", "https://hutch.example.org/data")]
    public void The_page_of_a_dataset_names_server_and_dataset(string address, string server)
    {
        DatasetAddress? found = DatasetAddress.TryParse(address);

        Assert.Equal((server, Id, (string?)null), (found?.Remote, found?.Dataset.ToString(), found?.Link));
    }

    [Fact]
    public void A_share_link_names_server_and_token() => Assert.Equal(
        new DatasetAddress("http://127.0.0.1:8470/data", null, "hutchlink_a_b"), DatasetAddress.TryParse("http://127.0.0.1:8470/data/s#hutchlink_a_b"));

    [Theory]
    [InlineData("lysozyme")]
    [InlineData("alice/lysozyme@3")]
    [InlineData("https://hutch.example.org/login")]
    [InlineData("https://hutch.example.org/datasets/lysozyme")]
    [InlineData("ftp://hutch.example.org/datasets/" + Id)]
    [InlineData("https://hutch.example.org/s#hutch_a_b")]
    public void Anything_else_is_no_address_of_a_dataset(string text) => Assert.Null(DatasetAddress.TryParse(text));
}
