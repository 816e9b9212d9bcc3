@guide-2.3 @readiness @probe
Feature: 2.3 Connection topology
  There are three main methods of accessing a PBX from the internet: direct publishing,
  firewall redirection, and an SBC, proxy or gateway.

  Scenario: The PBX can be reached
    When the PBX's name is looked up as the bridge does
    And the PBX is asked over UDP, TCP and TLS
    Then it answers over the protocol of the profile
