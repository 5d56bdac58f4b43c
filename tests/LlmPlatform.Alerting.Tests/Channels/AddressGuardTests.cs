using System.Net;
using LlmPlatform.Alerting.Channels;

namespace LlmPlatform.Alerting.Tests.Channels;

public sealed class AddressGuardTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.9.9.9")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1%1")]
    [InlineData("ff02::1")]
    public void Addresses_within_the_house_are_refused(string address) =>
        Assert.False(new AddressGuard(new ChannelOptions()).Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("3.68.1.1")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2a00:1450:4001:82a::200e")]
    [InlineData("::ffff:3.68.1.1")]
    [InlineData("64:ff9b::3.68.1.1")]
    public void Public_addresses_are_allowed(string address) =>
        Assert.True(new AddressGuard(new ChannelOptions()).Allows(IPAddress.Parse(address)));

    [Fact]
    public void What_the_options_allow_is_allowed_and_no_more()
    {
        var guard = new AddressGuard(new ChannelOptions { AllowedNetworks = ["10.1.0.0/16"] });

        Assert.True(guard.Allows(IPAddress.Parse("10.1.2.3")));
        Assert.True(guard.Allows(IPAddress.Parse("::ffff:10.1.2.3")));
        Assert.False(guard.Allows(IPAddress.Parse("10.2.0.1")));
    }
}
