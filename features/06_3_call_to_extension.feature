@guide-6.3 @desk-phone
Feature: 6.3 Initial confidence tests: call an extension
  Test users can call extension number of other PBX users from Teams.

  Scenario Outline: <user> calls the extension number of another PBX user
    Given <user> is registered from Teams
    And the desk phone is registered
    When from <user>'s Teams client, dial the desk phone's extension
    Then the desk phone rings
    And the caller sees the call ring
    When answer the call
    Then 2-way audio is established
    When Teams hangs up
    Then both parties see the call hang up

    Examples:
      | user   |
      | User A |
      | User B |
