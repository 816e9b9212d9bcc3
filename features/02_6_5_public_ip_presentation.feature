@guide-2.6.5 @readiness @external-0
Feature: 2.6.5 Public IP presentation
  The messages from the PBX refer to its public IP address, or its host name, and not to the
  private LAN address.

  Scenario: What the PBX sends names the address at which it was reached
    Given User A is registered from Teams
    And User B is registered from Teams
    When User A calls User B and hangs up
    Then Contact and Record-Route of the PBX name the address at which it was reached
    And its requests come with a Via of that address
    And it wants media at that address
    And it lists the Contacts of both users as they were registered
    And it calls User B at the Contact as it was registered
