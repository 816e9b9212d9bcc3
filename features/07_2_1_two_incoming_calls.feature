@guide-7.2.1 @external-2
Feature: 7.2.1 Two incoming calls on different Users
  The PBX can handle multiple users registering from the same IP and port.

  Scenario: Two incoming calls reach the right users at the same time
    Given User A is registered from Teams
    And User B is registered from Teams
    And all users are registered from the same IP and port
    When Step 1: From an external number, dial User A's DiD
    Then Teams rings for User A
    When Step 2: From another external number, dial User B's DiD
    Then Teams rings for User B
    When Step 3: Both Teams users answer
    Then 2-way audio is established on both calls
    When Step 4: Teams hangs up the first call
    Then both parties of the first call see the call hang up
    And the second call continues to work
    When Step 5: External hangs up the second call
    Then both parties of the second call see the call hang up
